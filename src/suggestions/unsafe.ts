/**
 * Which texts must not be shown to others, however many asked for them: what may name a person, an account or a place on the web. A query
 * is told by its look alone, so this errs on the side of silence: a long number is left out even where it is an article's.
 */
import { limits } from "../core/limits.ts";

const mail = /\S@\S/u;
const address = /:\/\/|\bwww\.|\b[\p{L}\p{N}-]+\.(?:com|net|org|info|biz|io|co|de|fr|uk|cn|jp|ru|eu|us)\b/iu;
/** Seven digits and more, whatever stands between them: phone, card and account numbers, dates of birth written out. */
const longNumber = /\p{Nd}(?:[\s().\-/+]*\p{Nd}){6,}/u;
/** Country and bank, then digits and letters: an IBAN. */
const account = /\b[a-z]{2}\d{2}(?:\s?[a-z0-9]{4}){3,}/iu;
const said = /[\p{L}\p{N}]/u;
const control = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u;

export function isUnsafe(text: string): boolean {
  if (text.length > limits.suggestLengthMax || !said.test(text) || control.test(text)) return true;
  return mail.test(text) || address.test(text) || longNumber.test(text) || account.test(text);
}
