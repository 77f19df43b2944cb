/** Random cases of property tests are the same in every run; `FAST_CHECK_SEED=n npx vitest run` looks at others. */
import { configureGlobal } from "fast-check";

configureGlobal({ seed: Number(process.env["FAST_CHECK_SEED"] ?? 20261122) });
