import { latinStore, withDetails } from "./department-store.ts";
import { type Words, words } from "./words.ts";

export const departmentStoreEn: Words = {
  ...latinStore,
  styles: words.en.styles,
  colours: ["red", "blue", "green", "black", "white", "grey", "yellow", "brown", "navy", "beige", "pink", "olive"],
  title: ({ brand, model, material, noun, colour, details }) =>
    `${brand} ${model} ${material} ${noun}${withDetails(details, " with ", " and ")}, ${colour}`,
  description: (title, [path, , , , use], styles) =>
    `${title}: ${styles.join(" and ")}. ${use} From our ${path.toLowerCase()}.`,
  departments: [
    ...["Clothing", "Accessories", "Living", "Kitchen"],
    ...["Bed & bath", "Outdoor", "Electronics", "Play & paper"],
  ],
  categories: [
    [
      ...(["Jackets", ["jacket", "coat", "parka"], ["down", "cotton", "wool", "softshell"]] as const),
      ["a detachable hood", "taped seams", "an inner pocket", "ribbed cuffs", "a two-way zip"],
      "Keeps wind and drizzle out on the way to work and at weekends.",
    ],
    [
      ...([
        "Shirts & jumpers",
        ["shirt", "jumper", "hoodie"],
        ["linen", "organic cotton", "merino", "flannel"],
      ] as const),
      ["a relaxed fit", "a chest pocket", "mother-of-pearl buttons", "long sleeves", "a brushed inside"],
      "Soft from the first day, and after the fiftieth wash.",
    ],
    [
      ...(["Shoes", ["trainers", "boots", "sandals"], ["leather", "canvas", "suede", "recycled mesh"]] as const),
      ["a cork footbed", "a non-slip sole", "reflective laces", "a padded ankle", "a removable insole"],
      "Made for whole days on your feet.",
    ],
    [
      ...(["Scarves & gloves", ["scarf", "shawl", "gloves"], ["wool", "silk", "cashmere", "alpaca"]] as const),
      ["long fringes", "a hand-rolled hem", "a gift box", "a woven label", "a fine herringbone"],
      "Light in the bag and warm when the evening turns cold.",
    ],
    [
      ...(["Hats & caps", ["hat", "cap", "sun hat"], ["felt", "cotton", "linen", "straw"]] as const),
      ["a wide brim", "an adjustable strap", "a cotton band", "a leather band", "UV protection"],
      "Stays where it belongs, in sun and in wind.",
    ],
    [
      ...([
        "Bags & wallets",
        ["handbag", "tote bag", "wallet"],
        ["leather", "canvas", "felt", "vegan leather"],
      ] as const),
      ["a magnetic clasp", "a zipped pocket", "brass fittings", "a cotton lining", "RFID protection"],
      "Room for what you need, and a place for each of it.",
    ],
    [
      ...(["Lamps", ["table lamp", "floor lamp", "pendant light"], ["brass", "paper", "glass", "linen"]] as const),
      ["a dimmer", "a fabric cable", "a marble foot", "a warm LED", "a foot switch"],
      "A warm light to read by.",
    ],
    [
      ...(["Rugs & mats", ["rug", "carpet", "doormat"], ["wool", "jute", "cotton", "sisal"]] as const),
      ["a non-slip back", "short pile", "knotted edges", "a flat weave", "a hand-tufted border"],
      "Quiet under the feet and easy to keep clean.",
    ],
    [
      ...(["Chairs & stools", ["chair", "armchair", "stool"], ["oak", "rattan", "velvet", "beech"]] as const),
      ["a padded seat", "tapered legs", "a curved back", "felt glides", "a woven seat"],
      "Comfortable through a long dinner.",
    ],
    [
      ...(["Mugs & cups", ["mug", "cup", "tumbler"], ["stoneware", "porcelain", "enamel", "glass"]] as const),
      ["a speckled glaze", "a saucer", "a wooden lid", "a thumb rest", "a gold rim"],
      "Safe in the dishwasher and in the microwave.",
    ],
    [
      ...(["Pans & pots", ["frying pan", "wok", "casserole"], ["cast iron", "copper", "steel", "ceramic"]] as const),
      ["a glass lid", "a pouring lip", "a wooden handle", "a non-stick coating", "measuring marks"],
      "For every hob, induction too.",
    ],
    [
      ...([
        "Knives",
        ["kitchen knife", "bread knife", "paring knife"],
        ["steel", "damask", "ceramic", "carbon steel"],
      ] as const),
      ["a walnut handle", "a blade guard", "a serrated edge", "a hand-forged bolster", "a sharpening stone"],
      "Sharp out of the box, and easily kept so.",
    ],
    [
      ...(["Bedding", ["pillow", "duvet", "blanket"], ["down", "organic cotton", "linen", "lyocell"]] as const),
      ["a washable cover", "piped edges", "box stitching", "a hidden zip", "a second filling"],
      "For nights that are neither too warm nor too cold.",
    ],
    [
      ...([
        "Towels",
        ["hand towel", "bath towel", "beach towel"],
        ["cotton", "linen", "bamboo", "waffle cotton"],
      ] as const),
      ["a hanging loop", "a striped border", "a soft fringe", "an embroidered edge", "a matching flannel"],
      "Takes up much water, dries fast.",
    ],
    [
      ...([
        "Candles",
        ["candle", "scented candle", "pillar candle"],
        ["beeswax", "soy wax", "rapeseed wax", "stearin"],
      ] as const),
      ["a cotton wick", "lavender", "cedar and amber", "a tin lid", "forty hours of light"],
      "Burns slowly and without soot.",
    ],
    [
      ...([
        "Tents",
        ["trekking tent", "family tent", "dome tent"],
        ["nylon", "canvas", "polycotton", "ripstop"],
      ] as const),
      ["a porch", "aluminium poles", "a mosquito net", "colour-coded poles", "a rain fly"],
      "Stands in ten minutes and keeps dry in a storm.",
    ],
    [
      ...([
        "Backpacks",
        ["backpack", "rucksack", "daypack"],
        ["nylon", "waxed canvas", "leather", "recycled polyester"],
      ] as const),
      ["a rain cover", "a laptop sleeve", "a hip belt", "a bottle pocket", "a ventilated back"],
      "Carries well, to the office and up the hill.",
    ],
    [
      ...([
        "Bottles & flasks",
        ["water bottle", "thermos flask", "sports bottle"],
        ["steel", "glass", "tritan", "titanium"],
      ] as const),
      ["a bamboo cap", "a carrying loop", "a tea strainer", "a straw lid", "a neoprene sleeve"],
      "Tight in any bag.",
    ],
    [
      ...([
        "Headphones",
        ["headphones", "earbuds", "headset"],
        ["wireless", "wired", "noise-cancelling", "hi-fi"],
      ] as const),
      ["a volume control", "a carrying case", "memory-foam pads", "a detachable microphone", "a travel pouch"],
      "Hear the music and not the train.",
    ],
    [
      ...([
        "Speakers",
        ["shelf speaker", "soundbar", "portable speaker"],
        ["walnut", "aluminium", "wireless", "waterproof"],
      ] as const),
      ["a fabric grille", "a carrying strap", "deep bass", "a wall bracket", "twelve hours of battery"],
      "Fills the room without filling it up.",
    ],
    [
      ...([
        "Watches & clocks",
        ["wrist watch", "alarm clock", "wall clock"],
        ["steel", "oak", "ceramic", "brass"],
      ] as const),
      ["sapphire glass", "luminous hands", "a silent movement", "Roman numerals", "a date window"],
      "Read at a glance, set once a year.",
    ],
    [
      ...(["Toys", ["teddy bear", "doll", "soft rabbit"], ["plush", "cotton", "wool", "linen"]] as const),
      ["a gift bag", "embroidered eyes", "a knitted jumper", "washable fabric", "a storage box"],
      "For small hands, from three years on.",
    ],
    [
      ...(["Notebooks", ["notebook", "diary", "sketchbook"], ["leather", "linen", "recycled paper", "kraft"]] as const),
      ["dotted pages", "a ribbon marker", "an elastic band", "numbered pages", "a pocket at the back"],
      "Lies flat, and takes ink without bleeding.",
    ],
    [
      ...([
        "Pens",
        ["fountain pen", "ballpoint pen", "mechanical pencil"],
        ["brass", "aluminium", "resin", "walnut"],
      ] as const),
      ["a fine nib", "a spare refill", "a clip", "a gift case", "a knurled grip"],
      "Balanced, and refilled for years.",
    ],
  ],
};
