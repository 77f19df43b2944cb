/** Numbers with units, sizes, and what kind of token a text is. */
import type { TokenKind } from "../core/analyzer.ts";
import { classAt, ideogram } from "./characters.ts";

/** What is written for a unit, folded → the form that stands for all of them. */
const forms: Readonly<Record<string, string>> = {
  kb: "kb",
  mb: "mb",
  gb: "gb",
  tb: "tb",
  gbyte: "gb",
  gigabyte: "gb",
  gigabytes: "gb",
  terabyte: "tb",
  terabytes: "tb",
  megabyte: "mb",
  megabytes: "mb",
  nm: "nm",
  mm: "mm",
  millimeter: "mm",
  millimetre: "mm",
  cm: "cm",
  centimeter: "cm",
  centimetre: "cm",
  m: "m",
  km: "km",
  in: "in",
  inch: "in",
  inches: "in",
  zoll: "in",
  pouce: "in",
  pouces: "in",
  pulgadas: "in",
  pollici: "in",
  ft: "ft",
  feet: "ft",
  mg: "mg",
  g: "g",
  gr: "g",
  gram: "g",
  grams: "g",
  gramm: "g",
  kg: "kg",
  kgs: "kg",
  kilo: "kg",
  kilogram: "kg",
  kilograms: "kg",
  lb: "lb",
  lbs: "lb",
  oz: "oz",
  ounce: "oz",
  ounces: "oz",
  ml: "ml",
  milliliter: "ml",
  millilitre: "ml",
  cl: "cl",
  dl: "dl",
  l: "l",
  liter: "l",
  liters: "l",
  litre: "l",
  litres: "l",
  v: "v",
  volt: "v",
  volts: "v",
  w: "w",
  watt: "w",
  watts: "w",
  kw: "kw",
  kwh: "kwh",
  wh: "wh",
  a: "a",
  amp: "a",
  amps: "a",
  mah: "mah",
  hz: "hz",
  khz: "khz",
  mhz: "mhz",
  ghz: "ghz",
  db: "db",
  dpi: "dpi",
  fps: "fps",
  rpm: "rpm",
  mp: "mp",
  megapixel: "mp",
  megapixels: "mp",
  lm: "lm",
  lumen: "lm",
  lumens: "lm",
  bar: "bar",
  psi: "psi",
  mbps: "mbps",
  gbps: "gbps",
  h: "h",
  min: "min",
  pc: "pcs",
  pcs: "pcs",
  piece: "pcs",
  pieces: "pcs",
  pack: "pack",
  packs: "pack",
  pk: "pack",
};
/** Chinese units, right behind a number; longer ones first. */
const chineseForms: readonly (readonly [written: string, unit: string])[] = [
  ["毫安时", "mah"],
  ["毫安", "mah"],
  ["毫升", "ml"],
  ["毫米", "mm"],
  ["厘米", "cm"],
  ["公里", "km"],
  ["公斤", "kg"],
  ["千克", "kg"],
  ["英寸", "in"],
  ["千瓦", "kw"],
];
/** Units of one character, where nothing is written behind: 升 also begins 升级, and 米 rice. */
const chineseLast: readonly (readonly [written: string, unit: string])[] = [
  ["升", "l"],
  ["克", "g"],
  ["米", "m"],
  ["寸", "in"],
  ["瓦", "w"],
];
const unitForms = new Map(Object.entries(forms));
/** Words of their own where a space stands before them: “2 in 1”, “buy 2 a day”. */
const onlyAttached = new Set(["in", "a"]);
/** What is multiplied with “x” is a size in these, and a number of packs in others: “10 x 12 cm”, “2 x 500 g”. */
const lengths = new Set(["nm", "mm", "cm", "m", "km", "in", "ft", "dpi"]);

/** The form that stands for a unit, of what is written for it right behind a number; undefined: no unit. */
export const unitOf = (written: string): string | undefined => unitForms.get(written);

/** The same where a space stands between. */
export const unitApart = (written: string): string | undefined =>
  onlyAttached.has(written) ? undefined : unitForms.get(written);

/** The Chinese unit that begins at `at`. */
export function chineseUnitAt(text: string, at: number): readonly [written: string, unit: string] | undefined {
  const isLast = at + 1 >= text.length || classAt(text, at + 1) !== ideogram;
  return (isLast ? chineseLast : chineseForms).find(([written]) => text.startsWith(written, at));
}

export const isLength = (unit: string): boolean => lengths.has(unit);

const measure = /^\d+(?:\.\d+)?([a-z]+)$/;
const ordinal = /^\d+(?:st|nd|rd|th)$/;
const numeric = /^\d+(?:[./x]\d+)*$/;
/** Digits alone from here on name a thing (EAN-8, UPC, EAN-13, ISBN); prices, years and sizes are shorter. */
const identifierDigits = 8;

/** A function of the folded text alone, so that one term has one kind. */
export function kindOf(text: string): TokenKind {
  const first = text.charCodeAt(0);
  const beginsWithDigit = first >= 48 && first <= 57;
  if (beginsWithDigit) {
    if (numeric.test(text)) return text.length >= identifierDigits && !/\D/.test(text) ? "identifier" : "number";
    if (ordinal.test(text)) return "number";
    const unit = measure.exec(text)?.[1];
    return unit !== undefined && unitForms.get(unit) === unit ? "number" : "identifier";
  }
  if (/\d/.test(text)) return "identifier";
  return classAt(text, 0) === ideogram ? "ideograms" : "word";
}
