// Right uses: they compile, and do what they say.
import { v } from "convex/values";
import { query } from "./_generated/server";
import { getByPrimaryKey, internalMutation, mutation } from "./mirror/mirror";

export const add = mutation({
  args: { userId: v.number(), text: v.string() },
  returns: v.union(v.id("notes"), v.null()),
  handler: async (ctx, args) => {
    const user = await getByPrimaryKey.users(ctx.db, { id: args.userId });
    if (user === null) return null;
    const id = await ctx.db.insert("notes", { user: user._id, text: args.text });
    await ctx.db.patch(id, { text: args.text + "!" });
    await ctx.db.patch("notes", id, { text: args.text + "!!" });
    return id;
  },
});

export const rewrite = mutation({
  args: { id: v.id("notes"), text: v.string() },
  handler: async (ctx, args) => {
    const note = await ctx.db.get(args.id);
    if (note === null) throw new Error("no such note");
    await ctx.db.replace(args.id, { user: note.user, text: args.text });
  },
});

export const remove = internalMutation({
  args: { id: v.id("notes") },
  handler: async (ctx, args) => {
    await ctx.db.delete(args.id);
    return (await ctx.db.query("notes").collect()).length;
  },
});

export const user = query({
  args: { id: v.number() },
  handler: (ctx, args) => getByPrimaryKey.users(ctx.db, { id: args.id }),
});

export const latest = query({
  args: {},
  handler: (ctx) => ctx.db.query("users").withIndex("by_updated_at").order("desc").first(),
});
