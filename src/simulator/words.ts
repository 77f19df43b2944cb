/** The words of the simulated shop, by language. Lists of two languages are parallel: same place, same thing. */
export type Language = "en" | "de";

export interface Words {
  /** Departments, broad. */
  readonly departments: readonly string[];
  /** Three a department: the name in the path, the word for one such thing in a title or a query, what they are made of. */
  readonly categories: readonly (readonly [path: string, noun: string, materials: readonly [string, string]])[];
  readonly colours: readonly string[];
  /** The two ends of each style dimension, low end first. */
  readonly styles: readonly (readonly [low: string, high: string])[];
  readonly description: (title: string, category: string, styles: readonly string[]) => string;
}

export const words: Readonly<Record<Language, Words>> = {
  en: {
    departments: ["Clothing", "Home", "Kitchen", "Outdoor"],
    categories: [
      ["Scarves", "scarf", ["wool", "silk"]],
      ["Jackets", "jacket", ["down", "cotton"]],
      ["Shoes", "shoes", ["leather", "canvas"]],
      ["Lamps", "lamp", ["brass", "paper"]],
      ["Rugs", "rug", ["wool", "jute"]],
      ["Chairs", "chair", ["oak", "rattan"]],
      ["Mugs", "mug", ["stoneware", "porcelain"]],
      ["Pans", "pan", ["copper", "iron"]],
      ["Knives", "knife", ["steel", "damask"]],
      ["Tents", "tent", ["nylon", "canvas"]],
      ["Backpacks", "backpack", ["nylon", "leather"]],
      ["Bottles", "bottle", ["steel", "glass"]],
    ],
    colours: ["red", "blue", "green", "black", "white", "grey", "yellow", "brown"],
    styles: [
      ["classic", "modern"],
      ["plain", "colourful"],
      ["light", "sturdy"],
      ["elegant", "sporty"],
      ["rustic", "refined"],
      ["compact", "generous"],
    ],
    description: (title, category, styles) => `${title}, ${styles.join(" and ")}. From our ${category.toLowerCase()}.`,
  },
  de: {
    departments: ["Kleidung", "Wohnen", "Küche", "Draußen"],
    categories: [
      ["Schals", "Schal", ["Wolle", "Seide"]],
      ["Jacken", "Jacke", ["Daunen", "Baumwolle"]],
      ["Schuhe", "Schuhe", ["Leder", "Leinen"]],
      ["Lampen", "Lampe", ["Messing", "Papier"]],
      ["Teppiche", "Teppich", ["Wolle", "Jute"]],
      ["Stühle", "Stuhl", ["Eiche", "Rattan"]],
      ["Becher", "Becher", ["Steinzeug", "Porzellan"]],
      ["Pfannen", "Pfanne", ["Kupfer", "Eisen"]],
      ["Messer", "Messer", ["Stahl", "Damast"]],
      ["Zelte", "Zelt", ["Nylon", "Segeltuch"]],
      ["Rucksäcke", "Rucksack", ["Nylon", "Leder"]],
      ["Flaschen", "Flasche", ["Stahl", "Glas"]],
    ],
    colours: ["rot", "blau", "grün", "schwarz", "weiß", "grau", "gelb", "braun"],
    styles: [
      ["klassisch", "modern"],
      ["schlicht", "bunt"],
      ["leicht", "robust"],
      ["elegant", "sportlich"],
      ["rustikal", "fein"],
      ["kompakt", "großzügig"],
    ],
    description: (title, category, styles) => `${title}, ${styles.join(" und ")}. Aus der Abteilung ${category}.`,
  },
};

/** Made-up houses, six a department, the best known first. */
export const brands: readonly string[] = [
  "Alba",
  "Kestrel",
  "Nordwind",
  "Tamarisk",
  "Loden & Co",
  "Vireo",
  "Hearthly",
  "Casa Bruma",
  "Oriel",
  "Fennmark",
  "Lumora",
  "Solberg",
  "Pepperwood",
  "Brasero",
  "Quill & Copper",
  "Marmita",
  "Ystad",
  "Tinplate",
  "Cairn",
  "Ridgeway",
  "Skua",
  "Altiplano",
  "Moraine",
  "Wayfare",
];

/** Money of a middling item of each category, in the shop's currency. */
export const middlingPrices: readonly number[] = [29, 119, 89, 59, 149, 129, 14, 45, 39, 219, 79, 22];

/** Syllables of model names. */
export const syllables: readonly string[] = ["ta", "mi", "lo", "va", "ren", "so", "ka", "li", "no", "be", "ru", "fa"];
