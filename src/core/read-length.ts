/** How much of a text is read: in code units, of which those of Chinese and Japanese count four, as to cut them into words takes as much longer. */

const ideogramUnits = 4;

/** What reading a text costs; more than `max` as soon as it is known to be. */
export function readingUnits(text: string, max: number): number {
  let units = 0;
  for (let i = 0; i < text.length && units <= max; i++) units += unitsOf(text.charCodeAt(i));
  return units;
}

/** The text as far as `max` units reach, cut through no character. */
export function readable(text: string, max: number): string {
  if (text.length * ideogramUnits <= max) return text;
  let units = 0;
  for (let i = 0; i < text.length; i++) {
    units += unitsOf(text.charCodeAt(i));
    if (units > max) return text.slice(0, i).toWellFormed();
  }
  return text;
}

/** Ideograms and what stands between them; halves of characters beyond 16 bits too, as most of these are ideograms. */
const unitsOf = (code: number): number =>
  code >= 0x2e80 && (code < 0xa000 || (code >= 0xd800 && code < 0xe000) || (code >= 0xf900 && code < 0xfb00))
    ? ideogramUnits
    : 1;
