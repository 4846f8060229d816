package io.airbyte.integrations.destination.convex.local;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * Runs a {@link LocalDeployment} until it is killed, for trying the connector without an account. Prints the URL and the
 * key that the connector's configuration wants, as two lines that a shell can evaluate but for the pipe in the key.
 */
public final class LocalDeploymentMain {

    private LocalDeploymentMain() {}

    public static void main(final String[] arguments) throws InterruptedException {
        final LocalDeployment.Builder builder = LocalDeployment.builder();
        String key = "";
        Duration importStep = Duration.ZERO;
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            switch (arguments[i]) {
                case "--host" -> builder.host(arguments[i + 1]);
                case "--port" -> builder.port(Integer.parseInt(arguments[i + 1]));
                case "--key" -> {
                    key = arguments[i + 1];
                    builder.key(key, Permission.values());
                }
                case "--import-step-millis" -> importStep = Duration.ofMillis(Long.parseLong(arguments[i + 1]));
                default -> refuse(arguments[i]);
            }
        }
        if (arguments.length % 2 == 1) {
            refuse(arguments[arguments.length - 1]);
        }
        final LocalDeployment deployment = builder.start();
        deployment.importStepTime(importStep);
        Runtime.getRuntime().addShutdownHook(new Thread(deployment::close));
        final PrintStream out = System.out;
        out.println("CONVEX_URL=" + deployment.url());
        out.println("CONVEX_DEPLOY_KEY=" + (key.isEmpty() ? deployment.adminKey() : key));
        out.flush();
        new CountDownLatch(1).await();
    }

    private static void refuse(final String argument) {
        System.err.println("Not understood: " + argument
                + "\nUsage: LocalDeploymentMain [--host ADDRESS] [--port N] [--key TEXT] [--import-step-millis N]");
        System.exit(2);
    }
}
