#!/usr/bin/env node
// Old syntax on purpose: an old Node must get as far as saying that it is too old.
var parts = process.versions.node.split(".");
if (Number(parts[0]) < 22 || (Number(parts[0]) === 22 && Number(parts[1]) < 18)) {
  // biome-ignore lint/style/useTemplate: old syntax
  console.error("liveshelf needs Node 22.18 or newer; this is Node " + process.versions.node + ".");
  process.exit(2);
}
import("../dist/cli/main.js");
