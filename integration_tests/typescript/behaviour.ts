// Runs what notes.ts and wrong.ts define, and prints a line for each: what came of it.
import { convexTest } from "convex-test";
import { makeFunctionReference } from "convex/server";
import type { Id } from "./convex/_generated/dataModel";
import * as notes from "./convex/notes";
import schema from "./convex/schema";
import * as wrong from "./convex/wrong";
import * as server from "./convex/_generated/server.js";

const test = convexTest(schema, {
  "./convex/_generated/server.js": async () => server,
  "./convex/notes.ts": async () => notes,
  "./convex/wrong.ts": async () => wrong,
});

declare const console: { log(line: string): void };

async function tell(name: string, outcome: Promise<unknown>) {
  const said = await outcome.then(
    (value) => JSON.stringify(value) ?? "undefined",
    (error) => String(error).replace(/:.*/s, "") + " " + String(error).replace(/.*?(Table \w+ mirrors).*/s, "$1"),
  );
  console.log(name + ": " + said);
}

const mutate = (name: string, args: Record<string, unknown>) =>
  test.mutation(makeFunctionReference<"mutation">(name), args);
const ask = (name: string, args: Record<string, unknown>) =>
  test.query(makeFunctionReference<"query">(name), args);

const id = await test.run((ctx) => ctx.db.insert("users", { id: 1, name: "Ada", updated_at: "2026" }));
const note = (await mutate("notes:add", { userId: 1, text: "hello" })) as Id<"notes">;

await tell("a note on a user that is there", test.run(async (ctx) => (await ctx.db.get("notes", note))?.text));
await tell("a note on a user that is not", mutate("notes:add", { userId: 2, text: "hello" }));
await mutate("notes:rewrite", { id: note, text: "bye" });
await tell("a note that was rewritten", test.run(async (ctx) => (await ctx.db.get("notes", note))?.text));
await tell("notes after one was removed", mutate("notes:remove", { id: note }));
await tell("a user by primary key", ask("notes:user", { id: 1 }).then((user) => (user as { name: string }).name));
await tell("a user that is not there", ask("notes:user", { id: 2 }));
await tell("the latest user", ask("notes:latest", {}).then((user) => (user as { name: string }).name));
for (const name of Object.keys(wrong).filter((name) => /^(insert|patch|replace|remove|behind)/.test(name))) {
  await tell(name, mutate("wrong:" + name, name === "insert" ? {} : { id }));
}
await tell("the user at the end", ask("notes:user", { id: 1 }).then((user) => (user as { name: string }).name));
