/** One set, 20 × 20, drawn with one line; decoration only: what an icon means is said in words beside it or in a label. */
const paths = {
  shop: "M3 16.5h14M5 16.5V10M9 16.5V5M13 16.5V8M16 16.5v-4",
  now: "M2 11h4l2.5-6 3.5 10 2-4h4",
  quality: "M3 3v14h14M6 13l3.500-4.500 3 2.500L17 5",
  lookup: "M10 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM4 17c0-3.5 2.5-5 6-5s6 1.5 6 5",
  reference: "M5 3h10v14H5zM8 7h4M8 10h4",
  setup: "M10 13V3.5M6.5 7 10 3.500 13.500 7M3 12.500V16.500h14V12.500",
  search: "M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12ZM13.5 13.5 17.5 17.5",
  cart: "M2 3h2.5l2 9.5h8.5l2-7H5.2M7.5 16.8v.4M14 16.8v.4",
  close: "M5 5l10 10M15 5 5 15",
  back: "M12 4l-6 6 6 6",
  split: "M3 4h6v12H3zM11 4h6v12h-6z",
  why: "M10 3v14M10 6h5M10 10H6M10 14h7",
  filter: "M3 5h14M6 10h8M8.5 15h3",
  key: "M7 13a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM10.5 9.5H18M15 9.5v3",
  light:
    "M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.4 4.4l1 1M14.6 14.6l1 1M15.6 4.4l-1 1M5.4 14.6l-1 1",
  dark: "M16 12.5A7 7 0 0 1 7.5 4a6.5 6.5 0 1 0 8.5 8.5Z",
  system: "M3 4h14v9H3zM7 17h6M10 13v4",
  language: "M2.5 5.5h8M6.5 3.5v2c0 3-2 5.5-4 6.5M4 8c1 2 3 3.500 5 4M10.500 17l3.500-8 3.500 8M11.800 14.200h4.400",
  star: "M10 3l2.1 4.5 4.900.6-3.600 3.400.900 4.900L10 14l-4.300 2.400.900-4.900L3 8.100l4.900-.6Z",
  down: "M5 8l5 5 5-5",
  check: "M4 10.500l4 4 8-9",
} as const;

export type IconName = keyof typeof paths;

export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <path d={paths[name]} />
  </svg>
);

/** Things of different heights on a shelf, one of which has just moved up. */
export const Mark = () => (
  <svg class="mark" viewBox="0 0 28 28" aria-hidden="true" focusable="false">
    <path class="mark-shelf" d="M2 23h24v2.500H2z" />
    <path class="mark-things" d="M4 12h4.500v9.500H4zM10 15.500h4.500v6H10zM22 9.500h4v12h-4z" />
    <path class="mark-live" d="M16 3h4.500v18.500H16z" />
  </svg>
);
