/** An item's picture: its own where it has one that may be shown, else a drawing of the thing in its colour. */
import { Fragment } from "preact";
import { useState } from "preact/hooks";
import type { Fields } from "../../src/core/event.ts";
import { drawings } from "./drawings.ts";

/** Only what this server has, or the item itself: the console asks no other place. */
function ownImage(fields: Fields | undefined): string | undefined {
  const image = fields?.image;
  if (typeof image !== "string") return undefined;
  return /^data:image\/|^\/(?!\/)/.test(image) ? image : undefined;
}

let pictures = 0;

export function Picture({ item, fields }: { readonly item: string; readonly fields: Fields | undefined }) {
  const [clip] = useState(() => `picture-${pictures++}`);
  const [isBroken, setBroken] = useState(false);
  const image = ownImage(fields);
  if (image && !isBroken) return <img class="picture" src={image} alt="" onError={() => setBroken(true)} />;
  const known = drawings.value;
  if (known === undefined) return <svg class="picture" viewBox="0 0 120 120" aria-hidden="true" focusable="false" />;
  const { thing, colour, pattern, stretch } = known.lookOf(item, fields);
  const shape = known.things[thing]!.paths;
  // Over the body, under what is on it.
  const at = pattern < patterns.length ? shape.findIndex(([paint]) => paint === "a") : -1;
  return (
    <svg class="picture" viewBox="0 0 120 120" style={{ "--colour": colour }} aria-hidden="true" focusable="false">
      <ellipse class="picture-shadow" cx="60" cy="109" rx="44" ry="4" />
      <g transform={`translate(60 108) scale(${stretch}) translate(-60 -108)`}>
        {shape.map(([paint, path], i) => (
          <Fragment key={path}>
            <path class={`paint-${paint === paint.toLowerCase() ? "" : "line-"}${paint.toLowerCase()}`} d={path} />
            {i === at && (
              <>
                <clipPath id={clip}>
                  <path d={path} />
                </clipPath>
                <g clip-path={`url(#${clip})`} class="picture-pattern">
                  {patterns[pattern]}
                </g>
              </>
            )}
          </Fragment>
        ))}
      </g>
    </svg>
  );
}

/** Laid over the body: a band, stripes, dots. */
const patterns = [
  <path key="band" d="M0 84H120" stroke-width="9" />,
  <path key="stripes" d="M0 40H120M0 54H120M0 68H120M0 82H120M0 96H120" stroke-width="3" />,
  <path
    key="dots"
    d="M24 34h72M31 48h72M24 62h72M31 76h72M24 90h72"
    stroke-width="4.5"
    stroke-dasharray="0 14"
    stroke-linecap="round"
  />,
];
