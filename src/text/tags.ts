/** HTML in texts: tags are passed over. “<Oslo>” and “<3” are text. */

/** Longest tag that is passed over, in code units. */
const tagLengthMax = 1000;

const names = new Set(
  (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink blockquote body br button canvas " +
    "caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption " +
    "figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label " +
    "legend li link main map mark marquee menu meta meter nav nobr noframes noscript o:p object ol optgroup option output p param " +
    "picture pre progress q rp rt ruby s samp script search section select slot small source span strike strong style sub " +
    "summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr"
  ).split(" "),
);
const nameLengthMax = 32;
const blank = /\s/;

/**
 * Behind the HTML tag that begins at `at`, where a “<” stands; `at` where none does. A tag has a name that HTML knows, or is closing, or
 * has attributes; or is a comment. No other “<” stands in it, so that a text of nothing else is still read in one pass.
 */
export function tagEnd(text: string, at: number): number {
  let i = at + 1;
  const isClosing = text[i] === "/";
  if (isClosing) i++;
  const isComment = text[i] === "!";
  if (isComment) i++;
  const nameStart = i;
  while (i < text.length && i - nameStart <= nameLengthMax && isNameUnit(text.charCodeAt(i))) i++;
  if (isComment ? !isCommentBegin(text, nameStart) : i === nameStart || isDigit(text.charCodeAt(nameStart))) return at;
  let isTag = isClosing || isComment || names.has(text.slice(nameStart, i).toLowerCase());
  const behind = text[i] ?? "";
  if (!isComment && behind !== ">" && behind !== "/" && !blank.test(behind)) return at;
  for (const end = Math.min(text.length, at + tagLengthMax); i < end; i++) {
    const sign = text[i];
    if (sign === ">") return isTag ? i + 1 : at;
    if (sign === "<") return at;
    if (sign === "=") isTag = true;
  }
  return at;
}

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;

/** ASCII letters and digits, the hyphen of custom elements, and the colon that word processors leave behind. */
const isNameUnit = (unit: number): boolean =>
  (unit >= 48 && unit <= 58) || (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || unit === 45;

const isCommentBegin = (text: string, at: number): boolean =>
  text.startsWith("--", at) || text.startsWith("[", at) || /^doctype$/i.test(text.slice(at, at + 7));

/** The text without its tags, each with the blanks around it one blank; blanks elsewhere stay as they are. */
export function withoutTags(text: string): string {
  let open = text.indexOf("<");
  if (open < 0) return text;
  let plain = "";
  let from = 0;
  while (open >= 0) {
    let end = tagEnd(text, open);
    if (end === open) {
      open = text.indexOf("<", open + 1);
      continue;
    }
    let before = open;
    while (before > from && blank.test(text[before - 1]!)) before--;
    for (;;) {
      while (end < text.length && blank.test(text[end]!)) end++;
      const next = text[end] === "<" ? tagEnd(text, end) : end;
      if (next === end) break;
      end = next;
    }
    plain += text.slice(from, before);
    if (plain !== "" && end < text.length) plain += " ";
    from = end;
    open = text.indexOf("<", end);
  }
  return plain + text.slice(from);
}
