package io.airbyte.integrations.destination.convex;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.FileDescriptor;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of the packages that no reviewer should have to remember. */
class ArchitectureTest {

    private static final String ROOT = "io.airbyte.integrations.destination.convex";

    /** Highest first: each may import those after it. */
    private static final List<String> PACKAGES = List.of(
            ROOT,
            ROOT + ".typescript",
            ROOT + ".sync",
            ROOT + ".document",
            ROOT + ".convex",
            ROOT + ".protocol",
            ROOT + ".config",
            ROOT + ".spool",
            ROOT + ".validator",
            ROOT + ".json");

    /** What makes a run different from the last one, with the methods that ask for it ("new" is a constructor). */
    private static final Map<String, Set<String>> TIME_AND_CHANCE = Map.of(
            System.class.getName(), Set.of("currentTimeMillis", "nanoTime"),
            Clock.class.getName(), Set.of("system", "systemUTC", "systemDefaultZone"),
            Random.class.getName(), Set.of("<init>"),
            SplittableRandom.class.getName(), Set.of("<init>"),
            SecureRandom.class.getName(), Set.of("<init>"),
            ThreadLocalRandom.class.getName(), Set.of("current"),
            Math.class.getName(), Set.of("random"),
            UUID.class.getName(), Set.of("randomUUID"));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @ParameterizedTest
    @MethodSource("packages")
    void a_package_imports_only_those_below_it(final String name) {
        final List<String> above = PACKAGES.subList(0, PACKAGES.indexOf(name));

        noClasses()
                .that()
                .resideInAPackage(name)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(above.toArray(String[]::new))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void every_class_is_in_a_package_that_the_design_names() {
        classes().should().resideInAnyPackage(PACKAGES.toArray(String[]::new)).check(CLASSES);
    }

    @Test
    void no_packages_depend_on_each_other_in_a_circle() {
        slices().matching(ROOT + ".(*)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void stdout_and_stderr_belong_to_the_protocol_and_the_main_class() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".protocol")
                .and()
                .doNotHaveFullyQualifiedName(DestinationConvex.class.getName())
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .accessField(FileDescriptor.class, "out")
                .orShould()
                .accessField(FileDescriptor.class, "err")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .check(CLASSES);
    }

    @Test
    void only_the_convex_package_knows_http() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".convex")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net.http..", "com.sun.net.httpserver..")
                .check(CLASSES);
    }

    @Test
    void jackson_is_used_only_where_messages_answers_and_the_configuration_are_read() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".protocol", ROOT + ".convex", ROOT + ".config")
                .and()
                .haveNameNotMatching(".*\\.JsonTree(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml.jackson..")
                .check(CLASSES);
    }

    @Test
    void clock_and_randomness_are_handed_in_by_the_root_package() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT)
                .should()
                .accessTargetWhere(asksForTimeOrChance())
                .check(CLASSES);
    }

    @ParameterizedTest
    @MethodSource("packages")
    void every_package_says_what_it_owns_and_that_it_knows_no_null(final String name) {
        assertThat(CLASSES.containPackage(name))
                .as("the package %s exists", name)
                .isTrue();
        assertThat(CLASSES.getPackage(name).isAnnotatedWith(NullMarked.class))
                .as("the package-info of %s is @NullMarked", name)
                .isTrue();
    }

    private static Stream<String> packages() {
        return PACKAGES.stream();
    }

    /** A call that asks the machine; {@code Instant.now(clock)} and the like, which ask what they are given, pass. */
    private static DescribedPredicate<JavaAccess<?>> asksForTimeOrChance() {
        return DescribedPredicate.describe("asks the machine for the time or for chance", access -> {
            final JavaClass owner = access.getTargetOwner();
            final boolean now = owner.getPackageName().equals("java.time")
                    && access.getTarget().getFullName().endsWith(".now()");
            return now
                    || TIME_AND_CHANCE
                            .getOrDefault(owner.getName(), Set.of())
                            .contains(access.getTarget().getName());
        });
    }
}
