import type { ComponentChildren } from "preact";

/** A table wider than the screen is scrolled sideways, by keyboard too. */
export const TableFrame = ({ label, children }: { readonly label: string; readonly children: ComponentChildren }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
  <section class="table-frame" tabIndex={0} aria-label={label}>
    {children}
  </section>
);
