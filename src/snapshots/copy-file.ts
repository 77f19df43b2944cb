/** One file copied to another, durably, in pieces. */
import type { Pieces } from "../core/pieces.ts";
import type { Files } from "./files.ts";
import { pieceBytes } from "./snapshot-writer.ts";

/** Each piece is synced, for what waits at the end would be waited for at once. Throws what the file system throws. */
export function* copyFile(files: Files, from: string, to: string): Pieces<void> {
  const source = files.open(from);
  const target = files.create(to);
  try {
    const piece = Buffer.allocUnsafe(pieceBytes);
    for (let position = 0; ; ) {
      const count = files.read(source, piece, position);
      for (let at = 0; at < count; ) at += files.write(target, piece.subarray(at, count));
      files.sync(target);
      if (count === 0) return;
      position += count;
      yield;
    }
  } finally {
    files.close(source);
    files.close(target);
  }
}
