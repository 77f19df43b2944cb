/** Makes the segments of columns small, so that every run adds some. To be imported before anything that imports columns. */
import { segments } from "../../src/core/segments.ts";

segments.bits = 9;
