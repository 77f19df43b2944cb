/** What of features and learners a shop leaves out (`withoutFeatures`, `withoutLearners`), by name. */
import type { Config } from "./config.ts";
import { LiveshelfError } from "./core/errors.ts";
import type { Family } from "./models/model.ts";
import { nearest } from "./nearest.ts";

/** Features that others are built on; they cannot be left out. */
const essential: readonly string[] = ["as-it-was", "own-touches"];

/** Throws CONFIG_INVALID where a name is none of a feature, or of one that the models stand on. */
export function checkFeaturesLeftOut(left: Config["withoutFeatures"], names: readonly string[]): void {
  for (const name of left) {
    if (!names.includes(name)) {
      const mend = `the nearest is "${nearest(name, names)}"`;
      throw new LiveshelfError(
        "CONFIG_INVALID",
        `There is no feature "${name}" to leave out; ${mend}.`,
        "/withoutFeatures",
      );
    }
    if (essential.includes(name)) {
      throw new LiveshelfError(
        "CONFIG_INVALID",
        `The feature "${name}" cannot be left out: the models stand on it.`,
        "/withoutFeatures",
      );
    }
  }
}

/** A panel's families, each under its name; `undefined` for one that this shop's features do not allow. */
export type NamedFamilies = Readonly<Record<string, (() => Family) | undefined>>;

/**
 * The families of each panel that are not left out. Throws CONFIG_INVALID where a name is none of a family, and where a panel would
 * be left without any.
 */
export function keptFamilies<Panel extends string>(
  left: Config["withoutLearners"],
  panels: Readonly<Record<Panel, NamedFamilies>>,
): Readonly<Record<Panel, readonly (() => Family)[]>> {
  const names = Object.values<NamedFamilies>(panels).flatMap((families) => Object.keys(families));
  const wrong = left.find((name) => !names.includes(name));
  if (wrong !== undefined) {
    throw new LiveshelfError(
      "CONFIG_INVALID",
      `There are no learners "${wrong}" to leave out; the nearest are "${nearest(wrong, names)}" (families by name, as GET /v1/models has them: ${names.join(", ")}).`,
      "/withoutLearners",
    );
  }
  const kept: Record<string, readonly (() => Family)[]> = {};
  for (const [panel, families] of Object.entries<NamedFamilies>(panels)) {
    kept[panel] = Object.entries(families).flatMap(([name, make]) =>
      make === undefined || left.includes(name) ? [] : [make],
    );
    if (kept[panel].length > 0) continue;
    const message = `Without ${left.join(", ")} nobody is left to rank ${panel}; keep one of ${Object.keys(families).join(", ")}.`;
    throw new LiveshelfError("CONFIG_INVALID", message, "/withoutLearners");
  }
  return kept as Record<Panel, readonly (() => Family)[]>;
}
