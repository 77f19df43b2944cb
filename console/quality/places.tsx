/** What a place is worth: how often the first is clicked and the twentieth, and how much of it the model lays to the place alone. */
import type { QualityReport } from "../../src/core/quality-report.ts";
import { formatNumber, formatPercent, formatSigned, t } from "../app/words.ts";
import { Numbers } from "./numbers.tsx";
import { Plot } from "./plot.tsx";
import { linear, type Scale } from "./scales.ts";
import { formatInterval } from "./written.ts";

type Place = QualityReport["places"][number];

export function Places({ places: all }: { readonly places: readonly Place[] }) {
  const places = all.filter(({ shown }) => shown > 0);
  const hasBias = places.some(({ bias }) => bias !== null);
  return (
    <section class="block">
      <header class="section-head">
        <h2>{t("quality.places")}</h2>
        <p>{t("quality.places-hint")}</p>
      </header>
      {places.length > 0 && (
        <div class="plots">
          <p class="chart-title">{t("quality.place-rate")}</p>
          <Rates places={places} height={hasBias ? 150 : 296} />
          {hasBias && (
            <>
              <p class="chart-title">{t("quality.place-bias")}</p>
              <Biases places={places} />
            </>
          )}
          <p class="note">
            {t("quality.places-note")} {hasBias && t("quality.bias-note")}
          </p>
          <PlaceNumbers places={places} />
        </div>
      )}
    </section>
  );
}

/** Half a place beside the first and the last. */
function across(places: readonly Place[], count: number): Scale {
  const [first, last] = [places[0]!.place - 0.5, places.at(-1)!.place + 0.5];
  const every = Math.max(1, Math.ceil(places.length / count));
  return {
    place: (value) => (value - first) / (last - first),
    ticks: places
      .filter((_, i) => i % every === 0)
      .map(({ place }) => ({ value: place, text: formatNumber(place + 1) })),
  };
}

const Rates = ({ places, height }: { readonly places: readonly Place[]; readonly height: number }) => (
  <Plot
    x={(count) => across(places, count)}
    y={linear(0, Math.max(...places.map(({ rate }) => rate)) * 1.08, formatPercent)}
    wordWidth={28}
    height={height}
  >
    {({ x, y }) => (
      <g class="bin">
        <path
          class="course"
          d={`M${places.map(({ place, rate }) => `${x(place).toFixed(1)} ${y(rate).toFixed(1)}`).join("L")}`}
        />
        {places.map(({ place, rate, low, high }) => (
          <g key={place}>
            <path class="plot-whisker" d={`M${x(place)} ${y(low)}V${y(high)}`} />
            <circle cx={x(place)} cy={y(rate)} r="3" />
          </g>
        ))}
      </g>
    )}
  </Plot>
);

function Biases({ places }: { readonly places: readonly Place[] }) {
  const biases = places.map(({ bias }) => bias ?? 0);
  const y = linear(Math.min(0, ...biases), Math.max(0, ...biases), formatSigned, 3);
  return (
    <Plot x={(count) => across(places, count)} y={y} wordWidth={28} height={90}>
      {({ x, y, width }) => (
        <>
          <path class="plot-zero" d={`M0 ${y(0)}H${width}`} />
          {places.map(
            ({ place, bias }) =>
              bias !== null && (
                <rect
                  key={place}
                  class="plot-bar"
                  x={x(place - 0.3)}
                  width={x(place + 0.3) - x(place - 0.3)}
                  y={Math.min(y(0), y(bias))}
                  height={Math.abs(y(bias) - y(0))}
                />
              ),
          )}
        </>
      )}
    </Plot>
  );
}

const PlaceNumbers = ({ places }: { readonly places: readonly Place[] }) => (
  <Numbers
    of={t("quality.place-rate")}
    head={[
      t("quality.place"),
      t("quality.rows"),
      t("quality.place-rate"),
      t("quality.interval"),
      t("quality.place-bias"),
    ]}
    rows={() =>
      places.map(({ place, shown, rate, low, high, bias }) => [
        formatNumber(place + 1),
        formatNumber(Math.round(shown)),
        formatPercent(rate),
        formatInterval(low, high, formatPercent),
        bias === null ? "–" : formatSigned(bias),
      ])
    }
  />
);
