/** The console as plain files under `console/built/`, which the server hands out as they are. */
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that a proxy may put the whole under a path of its own.
  base: "./",
  logLevel: "warn",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // While one works on it: `npx vite console`, beside a server.
  server: {
    proxy: Object.fromEntries(
      ["/v1", "/metrics", "/readyz", "/docs", "/openapi.json"].map((path) => [path, "http://127.0.0.1:7700"]),
    ),
  },
  build: {
    outDir: "built",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // Names without a hash: the server answers with an ETag, and a change shows as a change of one file.
    rolldownOptions: {
      // A machine that has much to do is no fault of the build.
      checks: { pluginTimings: false },
      output: {
        entryFileNames: "console/[name].js",
        chunkFileNames: "console/[name].js",
        assetFileNames: "console/[name][extname]",
        // The pages of who runs the shop are one file: apart they pack worse, by 2 kB.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [{ name: "work", test: /\/console\/(?:desk|lookup|setup|keys|quality|now|app.polled|app.table)/ }],
        },
      },
    },
  },
});
