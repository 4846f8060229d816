import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/** A small line plot as SVG: medians with a bar from the least to the most. */
final class Plot {

    record Point(double x, double median, double least, double most) {}

    record Series(String name, List<Point> points) {}

    private static final int WIDTH = 640;
    private static final int HEIGHT = 340;
    private static final int LEFT = 60;
    private static final int RIGHT = 20;
    private static final int TOP = 40;
    private static final int BOTTOM = 72;
    private static final int MOST_TICKS = 12;
    private static final int MOST_MARKS = 40;
    private static final String[] COLOURS = {"#0b6e4f", "#c8553d", "#3a6ea5", "#8a5a9e", "#8d8d2a"};

    private final String title;
    private final String xName;
    private final boolean xLogarithmic;
    private final boolean yLogarithmic;
    private final List<Series> series = new ArrayList<>();

    Plot(final String title, final String xName, final boolean xLogarithmic, final boolean yLogarithmic) {
        this.title = title;
        this.xName = xName;
        this.xLogarithmic = xLogarithmic;
        this.yLogarithmic = yLogarithmic;
    }

    void add(final Series added) {
        if (!added.points().isEmpty()) {
            series.add(added);
        }
    }

    String svg() {
        final double mostY = all().stream().mapToDouble(Point::most).max().orElse(1);
        final double leastY = all().stream().mapToDouble(Point::least).min().orElse(0);
        final double bottom = yLogarithmic ? Math.pow(10, Math.floor(Math.log10(leastY))) : 0;
        final double top = yLogarithmic ? mostY * 1.2 : step(mostY) * Math.ceil(mostY / step(mostY));
        final DoubleUnaryOperator y = scale(bottom, top, HEIGHT - BOTTOM, TOP, yLogarithmic);
        final double leastX = all().stream().mapToDouble(Point::x).min().orElse(0);
        final double mostX = all().stream().mapToDouble(Point::x).max().orElse(1);
        final DoubleUnaryOperator x = scale(leastX, mostX, LEFT + 16, WIDTH - RIGHT - 16, xLogarithmic);
        final var svg = new StringBuilder();
        svg.append("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
                <rect width="100%%" height="100%%" fill="#ffffff"/>
                <text x="%d" y="22" font-size="14" fill="#222222">%s</text>
                """.formatted(WIDTH, HEIGHT, LEFT, title));
        for (final double tick : yLogarithmic ? decades(bottom, top) : even(top)) {
            line(svg, LEFT, y.applyAsDouble(tick), WIDTH - RIGHT, y.applyAsDouble(tick), "#dddddd", 1);
            text(svg, LEFT - 6, y.applyAsDouble(tick) + 4, "end", number(tick));
        }
        for (final double tick : ticks(mostX)) {
            text(svg, x.applyAsDouble(tick), HEIGHT - BOTTOM + 18, "middle", number(tick));
        }
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - BOTTOM + 36, "middle", xName);
        double legend = LEFT;
        for (int i = 0; i < series.size(); i++) {
            final String colour = COLOURS[i % COLOURS.length];
            final String name = series.get(i).name();
            draw(svg, series.get(i), colour, x, y);
            svg.append(coordinates(
                    "<rect x=\"%.1f\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/>%n",
                    legend, HEIGHT - 21, colour));
            text(svg, legend + 14, HEIGHT - 12, "start", name);
            legend += 34 + 6.5 * name.length();
        }
        return svg.append("</svg>\n").toString();
    }

    /** What was measured, or where that is too much to write down, even steps. */
    private List<Double> ticks(final double most) {
        final List<Double> measured =
                all().stream().map(Point::x).distinct().sorted().toList();
        return measured.size() <= MOST_TICKS ? measured : even(most).stream().filter(tick -> tick <= most).toList();
    }

    private List<Point> all() {
        return series.stream().flatMap(one -> one.points().stream()).toList();
    }

    private static void draw(
            final StringBuilder svg,
            final Series drawn,
            final String colour,
            final DoubleUnaryOperator x,
            final DoubleUnaryOperator y) {
        final var path = new StringBuilder();
        for (final Point point : drawn.points()) {
            final double at = x.applyAsDouble(point.x());
            path.append(coordinates("%s%.1f %.1f", path.isEmpty() ? "M" : " L", at, y.applyAsDouble(point.median())));
            if (drawn.points().size() <= MOST_MARKS) {
                mark(svg, point, at, colour, y);
            }
        }
        svg.append(coordinates("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n", path, colour));
    }

    private static void mark(
            final StringBuilder svg,
            final Point point,
            final double at,
            final String colour,
            final DoubleUnaryOperator y) {
        line(svg, at, y.applyAsDouble(point.least()), at, y.applyAsDouble(point.most()), colour, 1);
        svg.append(coordinates(
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>%n",
                at, y.applyAsDouble(point.median()), colour));
    }

    private static void line(
            final StringBuilder svg,
            final double x1,
            final double y1,
            final double x2,
            final double y2,
            final String colour,
            final int width) {
        svg.append(coordinates(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%d\"/>%n",
                x1, y1, x2, y2, colour, width));
    }

    private static void text(
            final StringBuilder svg, final double x, final double y, final String anchor, final String text) {
        svg.append(coordinates(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"#444444\">%s</text>%n", x, y, anchor, text));
    }

    private static String coordinates(final String format, final Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static DoubleUnaryOperator scale(
            final double least, final double most, final double from, final double to, final boolean logarithmic) {
        final double low = logarithmic ? Math.log(least) : least;
        final double high = logarithmic ? Math.log(most) : most;
        return value ->
                from + (to - from) * ((logarithmic ? Math.log(value) : value) - low) / Math.max(high - low, 1e-9);
    }

    private static double step(final double most) {
        final double decade = Math.pow(10, Math.floor(Math.log10(most)));
        final double part = most / decade;
        return part <= 2 ? decade / 2 : part <= 5 ? decade : 2 * decade;
    }

    private static List<Double> even(final double top) {
        final List<Double> ticks = new ArrayList<>();
        for (double tick = 0; tick <= top * 1.001; tick += step(top)) {
            ticks.add(tick);
        }
        return ticks;
    }

    private static List<Double> decades(final double bottom, final double top) {
        final List<Double> ticks = new ArrayList<>();
        for (double decade = bottom; decade <= top; decade *= 10) {
            for (final int part : new int[] {1, 2, 5}) {
                if (part * decade <= top) {
                    ticks.add(part * decade);
                }
            }
        }
        return ticks;
    }

    private static String number(final double value) {
        if (value >= 1_000_000) {
            return coordinates("%.1f million", value / 1e6);
        }
        if (value >= 10_000) {
            return coordinates("%.0f,000", value / 1e3);
        }
        return value == Math.rint(value) ? coordinates("%,.0f", value) : coordinates("%.1f", value);
    }
}
