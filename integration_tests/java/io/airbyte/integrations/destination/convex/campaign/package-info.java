/**
 * The seeded campaign: syncs drawn from a seed, with faults of the deployment and kills of the process, each judged by a plain
 * model of what the connector promises. The model knows streams, records, states and attempts, and nothing of the connector's
 * code; a run can be repeated by its seed ({@code ./mvnw -Pcampaign verify -Dcampaign.seed=… -Dcampaign.runs=1}).
 */
@NullMarked
package io.airbyte.integrations.destination.convex.campaign;

import org.jspecify.annotations.NullMarked;
