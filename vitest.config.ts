import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    setupFiles: ["test/fixed-seed.ts", "test/plain-output.ts"],
    pool: "forks",
    // Against what never ends only: on a machine that does much else, threads that give way to all others take minutes.
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
});
