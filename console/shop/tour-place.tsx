/** Around the shop in five steps, at the first visit of a demo; read only then. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { remembered } from "../app/remembered.ts";

/** The server says so in its page. */
const isDemo = "demo" in document.documentElement.dataset;
const wasShown = remembered("toured", false);

export function TourPlace() {
  const [loaded, setLoaded] = useState<{ readonly Tour: ComponentType<{ readonly end: () => void }> }>();
  const isWanted = isDemo && !wasShown.value;
  useEffect(() => {
    if (isWanted) void import("./tour.tsx").then(setLoaded, () => {});
  }, [isWanted]);
  if (!isWanted || !loaded) return null;
  return <loaded.Tour end={() => (wasShown.value = true)} />;
}
