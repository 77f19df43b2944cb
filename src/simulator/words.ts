/** The words of the simulated shop, by language. Lists of all languages are parallel: same place, same thing. */
export type Language = "en" | "de" | "zh";

/**
 * The name in the path; the words for the kinds of such things in a title or a query; what they are made of; what some of them have besides, as a
 * title says it; and a sentence of what they are for.
 */
export type Category = readonly [
  path: string,
  nouns: readonly string[],
  materials: readonly string[],
  details?: readonly string[],
  use?: string,
];

export interface TitleWords extends Readonly<Record<"brand" | "model" | "material" | "noun" | "colour", string>> {
  /** None to two of the category's. */
  readonly details: readonly string[];
}

export interface Words {
  /** Departments, broad. */
  readonly departments: readonly string[];
  /** Three a department. */
  readonly categories: readonly Category[];
  /** Money of a middling item of each category, in euros. */
  readonly prices: readonly number[];
  readonly colours: readonly string[];
  /** The two ends of each style dimension, low end first. */
  readonly styles: readonly (readonly [low: string, high: string])[];
  /** Made-up houses, six a department, the best known first. */
  readonly brands: readonly string[];
  /** Of model names. */
  readonly models: Models;
  readonly title: (words: TitleWords) => string;
  /** What stands between words. */
  readonly space: "" | " ";
  /** Of the shop's currency for one euro. */
  readonly money: number;
  /** Whether `colour` and `material` are fields of their own; otherwise they are tags. */
  readonly facets?: boolean;
  readonly description: (title: string, category: Category, styles: readonly string[]) => string;
}

/** Two or three of the syllables, or one of the names. */
export type Models = { readonly syllables: readonly string[] } | { readonly names: readonly string[] };

const brands: readonly string[] = [
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

/** Money of a middling item of each category. */
const prices: readonly number[] = [29, 119, 89, 59, 149, 129, 14, 45, 39, 219, 79, 22];

const syllables: readonly string[] = ["ta", "mi", "lo", "va", "ren", "so", "ka", "li", "no", "be", "ru", "fa"];

/** As written with spaces between words. */
const spaced = {
  ...{ brands, prices, models: { syllables }, space: " ", money: 1 },
  title: ({ brand, model, material, noun, colour }) => `${brand} ${model} ${material} ${noun}, ${colour}`,
} as const satisfies Partial<Words>;

/** Of the small shop: 12 categories. */
export const words: Readonly<Record<Language, Words>> = {
  en: {
    ...spaced,
    departments: ["Clothing", "Home", "Kitchen", "Outdoor"],
    categories: [
      ["Scarves", ["scarf"], ["wool", "silk"]],
      ["Jackets", ["jacket"], ["down", "cotton"]],
      ["Shoes", ["shoes"], ["leather", "canvas"]],
      ["Lamps", ["lamp"], ["brass", "paper"]],
      ["Rugs", ["rug"], ["wool", "jute"]],
      ["Chairs", ["chair"], ["oak", "rattan"]],
      ["Mugs", ["mug"], ["stoneware", "porcelain"]],
      ["Pans", ["pan"], ["copper", "iron"]],
      ["Knives", ["knife"], ["steel", "damask"]],
      ["Tents", ["tent"], ["nylon", "canvas"]],
      ["Backpacks", ["backpack"], ["nylon", "leather"]],
      ["Bottles", ["bottle"], ["steel", "glass"]],
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
    description: (title, [category], styles) =>
      `${title}, ${styles.join(" and ")}. From our ${category.toLowerCase()}.`,
  },
  de: {
    ...spaced,
    departments: ["Kleidung", "Wohnen", "Küche", "Draußen"],
    categories: [
      ["Schals", ["Schal"], ["Wolle", "Seide"]],
      ["Jacken", ["Jacke"], ["Daunen", "Baumwolle"]],
      ["Schuhe", ["Schuhe"], ["Leder", "Leinen"]],
      ["Lampen", ["Lampe"], ["Messing", "Papier"]],
      ["Teppiche", ["Teppich"], ["Wolle", "Jute"]],
      ["Stühle", ["Stuhl"], ["Eiche", "Rattan"]],
      ["Becher", ["Becher"], ["Steinzeug", "Porzellan"]],
      ["Pfannen", ["Pfanne"], ["Kupfer", "Eisen"]],
      ["Messer", ["Messer"], ["Stahl", "Damast"]],
      ["Zelte", ["Zelt"], ["Nylon", "Segeltuch"]],
      ["Rucksäcke", ["Rucksack"], ["Nylon", "Leder"]],
      ["Flaschen", ["Flasche"], ["Stahl", "Glas"]],
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
    description: (title, [category], styles) => `${title}, ${styles.join(" und ")}. Aus der Abteilung ${category}.`,
  },
  zh: {
    brands: [
      ...["岚山", "云笺", "木蓑", "白榆", "南枝", "拾布"],
      ...["半盏", "檐下", "竹里", "归舍", "暖屿", "素间"],
      ...["炊烟", "百味坊", "釉里", "小灶", "禾月", "青窑记"],
      ...["野径", "远峰", "风岩", "鹿行", "星垂", "渡口"],
    ],
    prices,
    models: { syllables: ["青", "岸", "溪", "禾", "澜", "沐", "舟", "原", "松", "月", "石", "川"] },
    title: ({ brand, model, material, noun, colour }) => `${brand} ${model}系列${material}${noun} ${colour}`,
    space: "",
    money: 7,
    departments: ["服饰", "家居", "厨房", "户外"],
    categories: [
      ["围巾", ["围巾"], ["羊毛", "真丝"]],
      ["外套", ["夹克"], ["羽绒", "纯棉"]],
      ["鞋类", ["休闲鞋"], ["真皮", "帆布"]],
      ["灯具", ["台灯"], ["黄铜", "纸艺"]],
      ["地毯", ["地毯"], ["羊毛", "黄麻"]],
      ["椅子", ["椅子"], ["橡木", "藤编"]],
      ["杯子", ["马克杯"], ["粗陶", "骨瓷"]],
      ["锅具", ["平底锅"], ["铜制", "铸铁"]],
      ["刀具", ["菜刀"], ["不锈钢", "大马士革钢"]],
      ["帐篷", ["帐篷"], ["尼龙", "帆布"]],
      ["双肩包", ["背包"], ["尼龙", "真皮"]],
      ["水壶", ["水壶"], ["不锈钢", "玻璃"]],
    ],
    colours: ["红色", "蓝色", "绿色", "黑色", "白色", "灰色", "黄色", "棕色"],
    styles: [
      ["经典", "现代"],
      ["素雅", "多彩"],
      ["轻便", "结实"],
      ["优雅", "运动"],
      ["质朴", "精致"],
      ["小巧", "宽大"],
    ],
    description: (title, [category], styles) => `${title}，${styles.join("、")}。出自${category}专区。`,
  },
};
