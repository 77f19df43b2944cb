/** What a drawing shows, as a table for who would rather read it; made when it is opened. */
import { useState } from "preact/hooks";
import { TableFrame } from "../app/table-frame.tsx";
import { t } from "../app/words.ts";

export interface NumbersProps {
  /** What the table is of. */
  readonly of: string;
  readonly head: readonly string[];
  readonly rows: () => readonly (readonly string[])[];
}

export function Numbers({ of, head, rows }: NumbersProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="numbers" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t("quality.numbers")}</summary>
      {isOpen && (
        <TableFrame label={of}>
          <table>
            <thead>
              <tr>
                {head.map((name) => (
                  <th key={name} scope="col" class="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows().map(([first, ...others]) => (
                <tr key={first}>
                  <th scope="row" class="number">
                    {first}
                  </th>
                  {others.map((text, i) => (
                    <td key={head[i + 1]} class="number">
                      {text}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
    </details>
  );
}
