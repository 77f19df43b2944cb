/** A shopper's face: five by five dots, mirrored, from the id; nobody in particular is an open circle. */
import { t } from "../app/words.ts";
import { hashOf } from "../pictures/things.ts";
import type { Someone } from "./shopper.ts";

export const shopperName = (who: Someone): string => who ?? t("shopper.nobody");

export function Avatar({ who }: { readonly who: Someone }) {
  if (who === null) {
    return (
      <svg class="avatar nobody" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <circle cx="16" cy="16" r="11" />
      </svg>
    );
  }
  const hash = hashOf(who);
  const dots: string[] = [];
  for (let x = 0; x < 3; x++) {
    for (let y = 0; y < 5; y++) {
      if (((hash >>> (x * 5 + y)) & 1) === 0) continue;
      for (const column of x === 2 ? [2] : [x, 4 - x]) dots.push(`M${6 + column * 4} ${6 + y * 4}h4v4h-4z`);
    }
  }
  return (
    <svg class="avatar" viewBox="0 0 32 32" style={{ "--hue": hash % 360 }} aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="16" />
      <path d={dots.join("")} />
    </svg>
  );
}
