/**
 * The long run: one sync of half an hour and more, with faults, whose process is looked at every ten seconds
 * ({@code ./mvnw -Psoak verify -Dsoak.minutes=…}). It knows the process from outside only: its memory, threads, open files and
 * spool.
 */
@NullMarked
package io.airbyte.integrations.destination.convex.soak;

import org.jspecify.annotations.NullMarked;
