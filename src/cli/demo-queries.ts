/** What the demo's shoppers type: not always what the shop calls it, and sometimes what it does not have. */
import type { Filters } from "../core/public.ts";
import { hashText, type Random, random } from "../core/random.ts";
import type { SimulatedItem } from "../simulator/events.ts";
import type { SimulatedShop } from "../simulator/shop.ts";
import type { Visit } from "../simulator/shoppers.ts";
import type { Language } from "../simulator/words.ts";

export interface Typed {
  readonly text: string;
  /** Chosen beside the list. */
  readonly filters: Filters | undefined;
  /** Of the visit's candidates, in their order: what was meant. */
  readonly meant: readonly string[];
  /** Nothing in the shop is called so. */
  readonly isForeign: boolean;
}

interface Spoken {
  /** Things that the shop does not sell. */
  readonly missing: readonly string[];
  /** Other words, which the shop does not know, for things that it sells: a noun of the department store → what some say for it. */
  readonly otherwise: Readonly<Record<string, string>>;
  /** Slips of the pen; where there are none, letters change places. */
  readonly slips?: Readonly<Record<string, string>>;
  readonly coloured: (noun: string, colour: string) => string;
}

const spoken: Readonly<Record<Language, Spoken>> = {
  en: {
    missing: ["gift card", "umbrella", "phone case", "yoga mat", "coffee machine", "bike helmet"],
    otherwise: {
      ...{
        trainers: "sneakers",
        jumper: "pullover",
        duvet: "comforter",
        "frying pan": "skillet",
        "tote bag": "shopper",
      },
      ...{ headset: "earphones", "wrist watch": "timepiece", diary: "journal" },
    },
    coloured: (noun, colour) => `${colour} ${noun}`,
  },
  de: {
    missing: ["Gutschein", "Regenschirm", "Handyhülle", "Yogamatte", "Kaffeemaschine", "Fahrradhelm"],
    otherwise: {
      ...{ Sneaker: "Turnschuhe", Pullover: "Pulli", Kugelschreiber: "Kuli", Bratpfanne: "Tiegel", Tasse: "Haferl" },
      ...{ Notizbuch: "Kladde", Sessel: "Fauteuil", Umhängetasche: "Crossbody" },
    },
    coloured: (noun, colour) => `${noun} ${colour}`,
  },
  zh: {
    missing: ["礼品卡", "雨伞", "手机壳", "瑜伽垫", "吸尘器", "头盔"],
    otherwise: {
      ...{
        运动鞋: "球鞋",
        毛衣: "针织衫",
        衬衫: "衬衣",
        单肩包: "斜挎包",
        被子: "棉被",
        炒锅: "炒勺",
        腕表: "手表",
        短靴: "马丁靴",
      },
    },
    slips: {
      ...{ 家庭帐篷: "家庭账篷", 香薰蜡烛: "香熏腊烛", 平底锅: "平低锅", 双肩包: "双间包" },
      ...{ 钢笔: "刚笔", 笔记本: "笔计本", 围巾: "围斤", 咖啡杯: "咖非杯", 落地灯: "落地登" },
    },
    coloured: (noun, colour) => `${colour}${noun}`,
  },
};

/** Shares of the searches; the rest ask plainly. */
const missingShare = 0.04;
const otherwiseShare = 0.25;
const slipShare = 0.08;
const colourShare = 0.15;
const filterShare = 0.12;

/** Letters that change places in a slip. */
const slipWordMin = 5;

export function queries(shop: SimulatedShop): (visit: Visit) => Typed {
  const { missing, otherwise, slips, coloured } = spoken[shop.language];
  const { colours } = shop.stock.words;
  const fieldsOf = new Map(shop.items.map(({ item, fields }) => [item, fields]));
  const having = (items: readonly string[], fits: (fields: SimulatedItem["fields"]) => boolean): string[] =>
    items.filter((item) => fits(fieldsOf.get(item)!));

  return (visit) => {
    const { query = "", candidates, slate } = visit;
    const chance = random(`${shop.seed}:typed:${slate}`);
    const plain = { text: query, filters: undefined, meant: candidates, isForeign: false };
    if (chance.next() < missingShare) return { ...plain, text: pick(missing, chance), isForeign: true };
    const other = otherwise[query];
    if (other !== undefined && chance.next() < otherwiseShare) return { ...plain, text: other, isForeign: true };
    if (chance.next() < slipShare) return { ...plain, text: slips ? (slips[query] ?? query) : swapped(query, chance) };
    if (chance.next() < colourShare) {
      const colour = pick(colours, chance);
      const meant = having(candidates, (fields) => fields.colour === colour);
      if (meant.length > 1) return { ...plain, text: coloured(query, colour), meant };
    }
    if (chance.next() >= filterShare) return plain;
    const house = liked(shop, visit, fieldsOf);
    if (house !== undefined)
      return { ...plain, filters: { brand: [house] }, meant: having(candidates, ({ brand }) => brand === house) };
    const priceMax = Math.ceil(fieldsOf.get(pick(candidates, chance))!.price);
    const filters = { price: { lte: priceMax } };
    return { ...plain, filters, meant: having(candidates, ({ price }) => price <= priceMax) };
  };
}

/** A house that the shopper likes and that makes what was asked for. */
function liked(
  shop: SimulatedShop,
  { user, candidates }: Visit,
  fieldsOf: ReadonlyMap<string, SimulatedItem["fields"]>,
): string | undefined {
  const { brand: weights } = shop.tastes[Number(user.slice(2)) - 1]!;
  const makers = new Set(candidates.map((item) => fieldsOf.get(item)!.brand));
  return shop.stock.words.brands.find((house, brand) => weights[brand]! > 0 && makers.has(house));
}

/** Two neighbouring letters of the last long word change places, each time the same ones or the two after them: slips repeat. */
function swapped(text: string, chance: Random): string {
  const words = text.split(" ");
  const at = words.findLastIndex((word) => word.length >= slipWordMin);
  if (at < 0) return text;
  const word = words[at]!;
  const place = 1 + (((hashText(word) >>> 0) + chance.int(2)) % (word.length - 2));
  words[at] = word.slice(0, place) + word[place + 1] + word[place] + word.slice(place + 2);
  return words.join(" ");
}

const pick = <T>(list: readonly T[], chance: Random): T => list[chance.int(list.length)]!;
