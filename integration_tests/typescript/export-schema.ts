// Prints the generated schema as a deployment gets it.
import schema from "./convex/mirror/schema";

declare const console: { log(line: string): void };

// The CLI calls it, so it is there, but it is not part of the public interface.
console.log((schema as unknown as { export(): string }).export());
