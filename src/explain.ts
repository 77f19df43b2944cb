/** The explanation of one answered item: bias and reasons that add up to its raw score. */
import type { List } from "./core/list.ts";
import type { AnsweredItem, Reason } from "./core/public.ts";
import type { Request } from "./core/request.ts";
import type { Rows } from "./core/rows.ts";
import type { Model } from "./models/model.ts";
import { reasons, reasonsTold } from "./reasons.ts";
import type { Rooms } from "./rooms.ts";

export class Explainer {
  readonly #rooms: Rooms;
  readonly #featureOf: ReadonlyMap<string, string>;

  readonly #toldMax: number;

  /** `toldMax`: reasons told one by one. */
  constructor(rooms: Rooms, toldMax = reasonsTold) {
    this.#rooms = rooms;
    this.#toldMax = toldMax;
    const named = (set: Rooms["listFeatures"] | Rooms["choiceFeatures"]): [string, string][] =>
      set.columns.map((column, c) => [column.name, set.featureOf[c]!]);
    // What a retriever says is told under the retriever's own name.
    const retrievers = rooms.retrievers.flatMap(({ name }): [string, string][] => [
      [`${name}.strength`, name],
      [`${name}.rank`, name],
    ]);
    this.#featureOf = new Map([...named(rooms.choiceFeatures), ...named(rooms.listFeatures), ...retrievers]);
  }

  /** `model`: the one that ranked; `rows`, `choiceRows`: as read for the list; `i`: the candidate. */
  explain(
    asked: Request,
    model: Model,
    list: List,
    rows: Rows,
    choiceRows: Rows,
    i: number,
  ): Pick<AnsweredItem, "rawScore" | "bias" | "reasons"> {
    const { chooser, retrievers } = this.#rooms;
    const ranked = model.explain(rows, i);
    let contributions = ranked.contributions;
    let { bias } = ranked;
    if (list.recommended) {
      // The prior is the choice model's own: told by its parts, as far as it counts. What is the same for them all, the competition, is bias.
      const prior = contributions.find((part) => part.feature === "prior")?.value ?? 0;
      const share = list.match[i] === 0 ? 0 : prior / list.match[i]!;
      const told = chooser
        .explain(choiceRows, i)
        .contributions.map(({ feature, value }) => ({ feature, value: share * value }));
      contributions = [...contributions.filter((part) => part.feature !== "prior"), ...told];
      bias += prior - told.reduce((total, part) => total + part.value, 0);
    }
    const texts = new Map<string, string>();
    // Of a list that they were not asked for, retrievers would tell what they last found for somebody else.
    for (const retriever of list.recommended ? retrievers : []) {
      const { text, because } = retriever.reason(list.item[i]!);
      texts.set(retriever.name, because < 0 ? text : `${text} “${this.#title(because)}”${this.#how(asked, because)}`);
    }
    if (asked.text !== undefined && !list.recommended && list.matchRank[i]! >= 0)
      texts.set("as-it-was", "how well its texts answer the query, and whether you turned to it");
    const told = reasons(contributions, this.#featureOf, texts, this.#toldMax);
    return {
      rawScore: told.reduce((sum, reason) => sum + reason.contribution, bias),
      bias,
      reasons: told satisfies Reason[],
    };
  }

  #title(item: number): string {
    const title = this.#rooms.catalogue.fields(item)?.title;
    return typeof title === "string" ? title : (this.#rooms.items.id(item) ?? "");
  }

  #how({ history, item }: Request, because: number): string {
    if (item === because) return "";
    return history.indexOf(because) >= 0 ? ", which you turned to" : "";
  }
}
