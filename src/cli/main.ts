/** The commands and their options (docs/api.md). Each command is one file, read only when it is asked for. */
import { program } from "./commands.ts";
import { failed } from "./failing.ts";

// `liveshelf export | head`: whoever reads has had enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

try {
  await program().parseAsync(process.argv);
} catch (error) {
  process.exitCode = failed(error);
}
