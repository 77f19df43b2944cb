/** What each column of the file means, with its first cells beside it. */
import { TableFrame } from "../app/table-frame.tsx";
import { named, t } from "../app/words.ts";
import { type Meaning, roles } from "./mapping.ts";
import { check, hasId, mean, meanings, stage, table } from "./state.ts";

const sampleRows = 3;

export function Columns() {
  const { columns, rows } = table.value!;
  const isBusy = stage.value === "checking" || stage.value === "sending";
  return (
    <>
      <p class="note">{t("setup.columns-hint")}</p>
      <TableFrame label={t("setup.columns")}>
        <table class="columns">
          <thead>
            <tr>
              <th scope="col">{t("setup.column")}</th>
              <th scope="col">{t("setup.means")}</th>
              <th scope="col">{t("setup.first-rows")}</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((name, column) => (
              <tr key={name} class={meanings.value[column] === "leave" ? "resting" : undefined}>
                <th scope="row">{name}</th>
                <td>
                  <select
                    aria-label={t("setup.means-of", { column: name })}
                    value={meanings.value[column]!}
                    disabled={isBusy}
                    onChange={({ currentTarget }) => mean(column, currentTarget.value as Meaning)}
                  >
                    {roles.map((role) => (
                      <option key={role} value={role}>
                        {named("field", role)}
                      </option>
                    ))}
                    <option value="own">{t("setup.own")}</option>
                    <option value="leave">{t("setup.leave")}</option>
                  </select>
                </td>
                <td class="samples">
                  {rows.slice(0, sampleRows).map(({ line, cells }) => (
                    <span key={line}>{sampleOf(cells[column])}</span>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      {!hasId.value && (
        <p class="problem" role="alert">
          {t("setup.no-id")}
        </p>
      )}
      {(stage.value === "mapping" || stage.value === "checking") && (
        <button
          class="button primary"
          type="button"
          disabled={!hasId.value || isBusy || rows.length === 0}
          onClick={() => void check()}
        >
          {t(stage.value === "checking" ? "setup.checking" : "setup.do-check")}
        </button>
      )}
    </>
  );
}

const sampleOf = (cell: unknown): string => {
  if (cell === undefined || cell === null || cell === "") return "–";
  return typeof cell === "string" ? cell : JSON.stringify(cell);
};
