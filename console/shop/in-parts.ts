/** A long list takes shape over some frames: built at once it would hold the page up for longer than one notices. */
import { useEffect, useState } from "preact/hooks";
import { formatNumber } from "../app/words.ts";

/** How many of `total` are to stand there: `part` at first, and so many more after each frame. What stands there once stays. */
export function useInParts(total: number, part: number): number {
  const [ready, setReady] = useState(part);
  const isWhole = ready >= total;
  useEffect(() => (isWhole ? undefined : afterFrame(() => setReady(ready + part))), [isWhole, ready, part]);
  return Math.min(ready, total);
}

/** A language's formats take long to make: there is time for it while the server answers. Answers how to call it off. */
export function prepareFormats(): () => void {
  const waiting = setTimeout(() => formatNumber(0));
  return () => clearTimeout(waiting);
}

/** Once the page was laid out and painted, as a task of its own; answers how to call it off. */
export function afterFrame(act: () => void): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    waiting = setTimeout(act);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(waiting);
  };
}
