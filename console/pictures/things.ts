/** Which drawing stands for an item, and in which colour: by the words of its title, tags and category. */
import type { Fields } from "../../src/core/event.ts";
import type { Thing } from "./shapes.ts";

/** Words, or beginnings of words, in English, German and Chinese. More telling ones first: a phone case is a phone, a lamp shade a lamp. */
const words: readonly (readonly [thing: Thing, words: string])[] = [
  ["headphones", "headphone earphone earbud headset kopfhörer 耳机 耳麦"],
  ["speaker", "speaker soundbar lautsprecher 音箱 音响"],
  ["phone", "phone smartphone iphone tablet handy 手机 平板"],
  ["laptop", "laptop notebook-computer macbook 笔记本电脑 电脑"],
  ["screen", "monitor television tv display fernseher 电视 显示器"],
  ["keyboard", "keyboard tastatur 键盘"],
  ["mouse", "mouse maus 鼠标"],
  ["camera", "camera lens kamera 相机 镜头"],
  ["plug", "charger cable adapter powerbank usb ladegerät kabel 充电 数据线 移动电源"],
  ["watch", "watch armbanduhr 手表 腕表"],
  ["clock", "clock uhr wecker 闹钟 挂钟"],
  ["umbrella", "umbrella parasol schirm 伞"],
  ["glasses", "sunglasses glasses brille 眼镜 墨镜 太阳镜"],
  ["ring", "ring necklace earring bracelet jewel pendant schmuck kette 戒指 项链 手链 耳环 首饰"],
  ["scarf", "scarf scarves shawl schal schals tuch 围巾 丝巾 披肩"],
  ["glove", "glove mitten handschuh 手套"],
  ["hat", "hat cap beanie hut mütze 帽"],
  ["dress", "dress skirt gown kleid rock 连衣裙 裙"],
  ["trousers", "trouser pants jeans shorts leggings hose 裤"],
  ["jacket", "jacket coat parka anorak blazer cardigan jacke jacken mantel 外套 夹克 羽绒服 风衣 大衣"],
  ["shirt", "shirt sweater pullover jumper hoodie blouse top tee hemd bluse 衬衫 毛衣 T恤 卫衣 上衣 上装"],
  ["shoes", "shoe sneaker boot sandal slipper trainer heel schuh schuhe stiefel 鞋 靴"],
  ["backpack", "backpack rucksack rucksäcke daypack 双肩包 背包 书包"],
  ["wallet", "wallet purse geldbörse 钱包 卡包"],
  ["handbag", "handbag bag tote satchel tasche 手提包 女包 单肩包 箱包"],
  ["lamp", "lamp light lantern chandelier leuchte lampe lampen 灯"],
  ["bulb", "bulb glühbirne 灯泡"],
  ["rug", "rug carpet mat teppich teppiche 地毯 地垫"],
  ["sofa", "sofa couch armchair sessel 沙发"],
  ["chair", "chair stool bench stuhl stühle hocker 椅 凳"],
  ["table", "table desk tisch 桌"],
  ["bed", "bed mattress bett matratze 床 床垫"],
  ["pillow", "pillow cushion duvet blanket kissen decke 枕 被 毯"],
  ["towel", "towel handtuch 毛巾 浴巾"],
  ["mug", "mug becher 马克杯 茶杯 咖啡杯"],
  ["cup", "cup tumbler glass glasses-set 杯 玻璃杯"],
  ["bottle", "bottle flask thermos wine vodka whisky beer flasche flaschen 水壶 保温杯 瓶 酒"],
  ["pan", "pan pot wok casserole skillet pfanne pfannen topf 锅"],
  ["knife", "knife knives cutlery messer 刀"],
  ["bowl", "bowl plate dish schüssel teller 碗 盘"],
  ["jar", "jar honey jam sauce spice tea coffee glas-konserve 茶叶 蜂蜜 酱 咖啡"],
  ["apple", "apple fruit vegetable obst gemüse 水果 苹果 蔬菜 零食 食品 生鲜"],
  ["tent", "tent shelter zelt zelte 帐篷"],
  ["bicycle", "bicycle bike fahrrad 自行车"],
  ["ball", "ball football basketball 球 运动 健身"],
  ["toy", "toy teddy doll puzzle game bear spielzeug 玩具 娃娃 公仔 积木"],
  ["book", "book notebook novel diary buch heft 书 本子"],
  ["pen", "pen pencil marker stift 笔"],
  ["tool", "hammer drill tool saw screwdriver werkzeug 工具 锤"],
  ["plant", "plant flower tree seeds pflanze blume 植物 花 盆栽"],
  ["candle", "candle tealight t-light holder kerze 蜡烛 烛台"],
  ["brush", "toothbrush brush comb bürste 牙刷 刷 梳"],
  ["tube", "cream lotion toothpaste shampoo soap cosmetic lipstick creme 面霜 洗发 牙膏 口红 乳液 面膜"],
];

const isIdeographic = (word: string): boolean => /\p{Script=Han}/u.test(word);
const byWord = new Map<string, Thing>();
const byIdeographs: [word: string, thing: Thing][] = [];
for (const [thing, list] of words) {
  for (const word of list.toLowerCase().split(" ")) {
    if (isIdeographic(word)) byIdeographs.push([word, thing]);
    else if (!byWord.has(word)) byWord.set(word, thing);
  }
}

/** Longer first: 笔记本电脑 before 笔. */
byIdeographs.sort((a, b) => b[0].length - a[0].length);

const colours: readonly (readonly [colour: string, words: string])[] = [
  ["#c23b34", "red rot rote crimson scarlet 红"],
  ["#3566b0", "blue blau navy azure 蓝 藏青"],
  ["#3d7a52", "green grün olive 绿"],
  ["#34363a", "black schwarz charcoal 黑"],
  ["#efeade", "white weiß ivory cream 白 米色 米白"],
  ["#8c9196", "grey gray grau silver silber 灰 银"],
  ["#e2b33c", "yellow gelb gold golden mustard 黄 金色"],
  ["#80573a", "brown braun tan camel chocolate 棕 褐 咖色 卡其"],
  ["#dd8aa4", "pink rosa rose 粉"],
  ["#77549a", "purple violet lila lilac 紫"],
  ["#dd7b35", "orange 橙 橘"],
  ["#cfb48c", "beige sand natural natur 米"],
  ["#2f8f93", "turquoise teal türkis 青"],
];
/** Of items that name no colour. */
const unnamed = ["#3d6a8f", "#b5523b", "#5c7f4c", "#c99a3b", "#6d5a8c", "#2f7f7a", "#a85a74", "#5d646b"];
const colourByWord = new Map(
  colours.flatMap(([colour, list]) => list.split(" ").map((word) => [word, colour] as const)),
);

export interface Look {
  readonly thing: Thing;
  /** #rrggbb */
  readonly colour: string;
  /** 0–5: which pattern, if any. */
  readonly pattern: number;
  /** Width and height, about 1: no two of a kind are quite alike. */
  readonly stretch: readonly [x: number, y: number];
}

/** FNV-1a. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}

const wordsOf = (text: string): string[] => text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
const textsOf = (value: unknown): string =>
  Array.isArray(value) ? value.join(" ") : typeof value === "string" ? value : "";

/** The same for the same item, always. */
export function lookOf(item: string, fields: Fields | undefined): Look {
  // A brand may be a word, too: Apple sells no apples. And 蓝牙, Bluetooth, is no blue.
  const title = textsOf(fields?.title).replace(textsOf(fields?.brand), "").replaceAll("蓝牙", "");
  const texts = [title, textsOf(fields?.category), textsOf(fields?.tags)];
  const hash = hashOf(item);
  return {
    thing: first(texts, thingIn) ?? "box",
    colour: first([textsOf(fields?.colour ?? fields?.color), ...texts], colourIn) ?? unnamed[hash % unnamed.length]!,
    pattern: (hash >>> 8) % 6,
    stretch: [0.9 + ((hash >>> 12) % 16) / 100, 0.88 + ((hash >>> 17) % 16) / 100],
  };
}

function first<T>(texts: readonly string[], find: (text: string) => T | undefined): T | undefined {
  for (const text of texts) {
    const found = text && find(text);
    if (found) return found;
  }
  return undefined;
}

function thingIn(text: string): Thing | undefined {
  const ideographic = isIdeographic(text) ? byIdeographs.find(([word]) => text.includes(word))?.[1] : undefined;
  if (ideographic) return ideographic;
  // In a title the thing itself stands last: “Kitchen lamp”, “Lampe, rot” aside.
  for (const word of wordsOf(text).reverse()) {
    for (const ending of ["", "s", "es", "n", "en"]) {
      const found = word.endsWith(ending) && byWord.get(word.slice(0, word.length - ending.length));
      if (found) return found;
    }
  }
  return undefined;
}

function colourIn(text: string): string | undefined {
  for (const word of wordsOf(text)) {
    const found = colourByWord.get(word);
    if (found) return found;
  }
  if (!isIdeographic(text)) return undefined;
  for (const [word, colour] of colourByWord) if (isIdeographic(word) && text.includes(word)) return colour;
  return undefined;
}
