import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { mirrorTables } from "./mirror/schema";

export default defineSchema({
  ...mirrorTables,
  users: mirrorTables.users.index("by_updated_at", ["updated_at"]),
  notes: defineTable({ user: v.id("users"), text: v.string() }),
});
