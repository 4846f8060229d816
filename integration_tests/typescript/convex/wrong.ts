// Wrong uses: each of them is an error to the compiler, or the comment above it is one.
import { v } from "convex/values";
import { query } from "./_generated/server";
import { getByPrimaryKey, internalMutation, mutation } from "./mirror/mirror";

const user = { id: v.id("users") };

export const insert = mutation({
  args: {},
  handler: async (ctx) => {
    // @ts-expect-error users is mirrored
    await ctx.db.insert("users", { id: 1 });
  },
});

export const patch = mutation({
  args: user,
  handler: async (ctx, args) => {
    // @ts-expect-error users is mirrored
    await ctx.db.patch(args.id, { name: "x" });
  },
});

export const patchWithTable = mutation({
  args: user,
  handler: async (ctx, args) => {
    // @ts-expect-error users is mirrored
    await ctx.db.patch("users", args.id, { name: "x" });
  },
});

export const replace = mutation({
  args: user,
  handler: async (ctx, args) => {
    // @ts-expect-error users is mirrored
    await ctx.db.replace(args.id, { id: 1 });
  },
});

export const replaceWithTable = mutation({
  args: user,
  handler: async (ctx, args) => {
    // @ts-expect-error users is mirrored
    await ctx.db.replace("users", args.id, { id: 1 });
  },
});

export const remove = internalMutation({
  args: user,
  handler: async (ctx, args) => {
    // @ts-expect-error users is mirrored
    await ctx.db.delete(args.id);
  },
});

export const removeWithTable = internalMutation({
  args: user,
  handler: async (ctx, args) => {
    // @ts-expect-error users is mirrored
    await ctx.db.delete("users", args.id);
  },
});

export const behindTheCompiler = mutation({
  args: user,
  handler: async (ctx, args) => {
    await (ctx.db as any).delete("notes", args.id);
  },
});

export const keyOfAnotherType = query({
  args: {},
  handler: async (ctx) => {
    // @ts-expect-error an id is a number or a text
    return await getByPrimaryKey.users(ctx.db, { id: true });
  },
});

export const fieldOfAnotherType = query({
  args: {},
  handler: async (ctx) => {
    const found = await getByPrimaryKey.users(ctx.db, { id: 1 });
    // @ts-expect-error a name may be missing, or null
    const name: string | undefined = found?.name;
    return name;
  },
});

export const unknownField = query({
  args: {},
  handler: async (ctx) => {
    const found = await getByPrimaryKey.users(ctx.db, { id: 1 });
    // @ts-expect-error there is no such column
    return found?.shoeSize;
  },
});

export const unknownArgument = mutation({
  args: {},
  handler: async (_ctx, args) => {
    // @ts-expect-error there is no such argument
    return args.id;
  },
});

export const otherResult = mutation({
  args: {},
  returns: v.string(),
  // @ts-expect-error a number is not what it returns
  handler: async () => 1,
});
