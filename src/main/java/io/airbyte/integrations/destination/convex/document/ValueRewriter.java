package io.airbyte.integrations.destination.convex.document;

import io.airbyte.integrations.destination.convex.json.ByteBuilder;
import io.airbyte.integrations.destination.convex.json.ByteSlice;
import io.airbyte.integrations.destination.convex.json.InvalidJson;
import io.airbyte.integrations.destination.convex.json.JsonScanner;
import io.airbyte.integrations.destination.convex.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The careful look at a value that {@link ValueMeasure} did not pass: writes it as Convex stores it, or says why Convex
 * cannot. Nested names follow the deployment's rule, the last of equal keys wins, large integers become text.
 *
 * <p>A container's own limits come before those of what it holds, and the first value that cannot be stored decides.
 */
final class ValueRewriter {

    /** A value that was not written, see {@link #unstorable()}. */
    static final long UNSTORABLE = -1;

    private final JsonScanner scanner = new JsonScanner();
    private final ByteBuilder out;
    private final NestedNames names = new NestedNames();

    private boolean integersAsText;
    private @Nullable Unstorable unstorable;

    /** @param out where values are appended */
    ValueRewriter(final ByteBuilder out) {
        this.out = out;
    }

    /**
     * Appends the value to the output.
     *
     * @param depth how many objects and arrays the value is in
     * @param largeIntegersAsText integers that a double cannot hold exactly become text even outside of the key
     * @param key the part of the primary key below this value, if there is one
     * @return the size in Convex, or {@link #UNSTORABLE}, where nothing was appended
     */
    long write(final ByteSlice value, final int depth, final boolean largeIntegersAsText, final Optional<KeyPath> key)
            throws InvalidJson {
        scanner.reset(value);
        integersAsText = largeIntegersAsText;
        unstorable = null;
        return value(depth, key.orElse(null));
    }

    /** Why the last value could not be stored. */
    Optional<Unstorable> unstorable() {
        return Optional.ofNullable(unstorable);
    }

    private long value(final int depth, final @Nullable KeyPath key) throws InvalidJson {
        final boolean outside = integersAsText;
        integersAsText |= key != null && key.children().isEmpty();
        final long size = valueOfAnyKind(depth, key);
        integersAsText = outside;
        return size;
    }

    private long valueOfAnyKind(final int depth, final @Nullable KeyPath key) throws InvalidJson {
        final byte first = scanner.peek();
        final int from = scanner.position();
        if (first == '{' || first == '[') {
            if (depth == ValueMeasure.DEEPEST) {
                scanner.skipValue();
                return refuse(Unstorable.NESTING, out.length());
            }
            return first == '{' ? object(depth + 1, key) : array(depth + 1);
        }
        scanner.consumeScalar(first);
        if (first == '"') {
            return scanner.stringHasLoneSurrogate()
                    ? refuse(Unstorable.LONE_SURROGATE, out.length())
                    : copy(from, scanner.stringUtf8Length() + 2L);
        }
        return first == 't' || first == 'f' || first == 'n' ? copy(from, 1) : number(from);
    }

    private long number(final int from) {
        final byte[] bytes = scanner.array();
        final int to = scanner.position();
        if (integersAsText && scanner.numberIsInteger() && !ValueMeasure.isExactInteger(bytes, from, to)) {
            out.append('"').append(bytes, from, to - from).append('"');
            return to - from + 2L;
        }
        final String text = new String(bytes, from, to - from, StandardCharsets.US_ASCII);
        return Double.isInfinite(Double.parseDouble(text))
                ? refuse(Unstorable.NUMBER_RANGE, out.length())
                : copy(from, 9);
    }

    private long copy(final int from, final long size) {
        out.append(scanner.array(), from, scanner.position() - from);
        return size;
    }

    private long refuse(final Unstorable reason, final int start) {
        unstorable = reason;
        out.truncate(start);
        return UNSTORABLE;
    }

    private long array(final int depth) throws InvalidJson {
        final int start = out.length();
        long size = 2;
        int count = 0;
        Unstorable refused = null;
        out.append('[');
        scanner.enterArray();
        while (scanner.nextElement()) {
            if (++count > ValueMeasure.LONGEST_ARRAY || refused != null) {
                scanner.skipValue();
                continue;
            }
            if (count > 1) {
                out.append(',');
            }
            final long element = value(depth, null);
            if (element == UNSTORABLE) {
                refused = unstorable;
            }
            size += element;
        }
        if (count > ValueMeasure.LONGEST_ARRAY) {
            return refuse(Unstorable.ARRAY_LENGTH, start);
        }
        if (refused != null) {
            return refuse(refused, start);
        }
        out.append(']');
        return size;
    }

    /**
     * Writes the members one after the other, then puts them together: only at the object's end is it known which keys
     * come twice and which names collide.
     */
    private long object(final int depth, final @Nullable KeyPath key) throws InvalidJson {
        final int start = out.length();
        final Map<String, Member> members = new LinkedHashMap<>();
        boolean tooMany = false;
        scanner.enterObject();
        while (scanner.nextKey()) {
            if (tooMany) {
                scanner.skipValue();
                continue;
            }
            final String name = JsonString.decoded(scanner.key());
            final int from = out.length();
            final long size = value(depth, key == null ? null : key.children().get(name));
            members.put(name, new Member(from, out.length(), size, size == UNSTORABLE ? unstorable : null));
            tooMany = members.size() > ValueMeasure.MOST_FIELDS;
        }
        return tooMany ? refuse(Unstorable.OBJECT_FIELDS, start) : assembled(start, members, key);
    }

    private long assembled(final int start, final Map<String, Member> members, final @Nullable KeyPath key) {
        final Map<String, String> stored = names.stored(members.keySet(), key);
        final int written = out.length();
        long size = 2;
        out.append('{');
        for (final Map.Entry<String, Member> entry : members.entrySet()) {
            final Member member = entry.getValue();
            final String name = Objects.requireNonNull(stored.get(entry.getKey()));
            final Optional<Unstorable> refused = name.length() > NameRule.LONGEST_FIELD_NAME
                    ? Optional.of(Unstorable.NAME_LENGTH)
                    : Optional.ofNullable(member.unstorable());
            if (refused.isPresent()) {
                return refuse(refused.get(), start);
            }
            if (size > 2) {
                out.append(',');
            }
            out.append(JsonString.quoted(name)).append(':');
            out.append(out.slice().array(), member.from(), member.to() - member.from());
            size += name.length() + 1 + member.size();
        }
        out.append('}');
        out.remove(start, written);
        return size;
    }

    /** One member of an object: where its value was written, and its size or why it has none. */
    private record Member(
            int from, int to, long size, @Nullable Unstorable unstorable) {}
}
