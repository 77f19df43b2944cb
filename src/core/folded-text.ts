/**
 * Letters as people type them, for everything that compares short texts by their beginnings: case, accents of Latin and Greek letters,
 * width, ligatures and the vowel points of Hebrew and Arabic make no difference, ł is l and ß is ss. The letters are those that the
 * analysis of texts folds to (a test compares the two), without the way back to what was written; punctuation stays.
 */

const ascii = /^[\0-\x7f]*$/;
/** Letters that Unicode does not take apart, as one types them where the keyboard lacks them. */
export const ownLetters: Readonly<Record<string, string>> = {
  ...{
    ß: "ss",
    æ: "ae",
    œ: "oe",
    ø: "o",
    đ: "d",
    ð: "d",
    þ: "th",
    ł: "l",
    ı: "i",
    ħ: "h",
    ŋ: "n",
    ŧ: "t",
    ς: "σ",
    ё: "е",
  },
};
const apart = new RegExp(`[${Object.keys(ownLetters).join("")}]`, "g");
/** Vowels of Thai and Lao that Unicode takes apart: their half that is a mark goes. */
const halved = /[\u0e33\u0eb3]/g;
const invisible = /\p{Cf}|\p{Variation_Selector}|\u034f/gu;
/** Marks of other letters are letters of their own, or vowels. */
const accents = /(?<=[\p{Script=Latin}\p{Script=Greek}]\p{M}*)\p{M}/gu;
const stress = /(?<=\p{Script=Cyrillic}\p{M}*)[\u0300\u0301]/gu;
const points = /[\u0591-\u05c7\u0640\u064b-\u0652\u0670]/g;
const digits = /[^\0-\x7f]/u;
const decimal = /\p{Nd}/gu;
const isDecimal = /^\p{Nd}$/u;

export function foldedLetters(text: string): string {
  if (ascii.test(text)) return text.toLowerCase();
  // Lower case once more, as of “ﬅ” or “ᴬ” comes out what has one.
  const whole = text.replace(halved, (vowel) => (vowel === "\u0e33" ? "\u0e32" : "\u0eb2"));
  const plain = whole.normalize("NFKC").toLowerCase().normalize("NFKC").replace(invisible, "").toLowerCase();
  const bare = plain.normalize("NFD").replace(accents, "").replace(stress, "").normalize("NFC").replace(points, "");
  const own = bare.replace(apart, (letter) => ownLetters[letter]!);
  return digits.test(own) ? own.replace(decimal, digitOf) : own;
}

/** Decimal digits stand in runs of ten from zero. */
function digitOf(character: string): string {
  if (character <= "9") return character;
  const code = character.codePointAt(0)!;
  let before = 0;
  while (isDecimal.test(String.fromCodePoint(code - before - 1))) before++;
  return String(before % 10);
}
