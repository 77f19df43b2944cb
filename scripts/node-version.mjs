// Runs on any Node, before anything that needs a new one.
if (Number(process.versions.node.split(".")[0]) < 24) {
  console.error(`The tests need Node 24, which \`npm ci\` puts into node_modules; this is ${process.version}.`);
  console.error("Probably `--ignore-scripts` left it out: run `npm ci` without it, or use a Node 24 of your own.");
  process.exit(1);
}
