using System;
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MPCache.Cli.Reports;

/// <summary>
/// The time that is left if the rest goes on as all of it so far. (Spectre's own column looks back half a minute, in which a slow case does
/// not end.)
/// </summary>
internal sealed class TimeLeftColumn : ProgressColumn
{
    /// <inheritdoc/>
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(Write(task.ElapsedTime ?? TimeSpan.Zero, task.Value, task.MaxValue));

    /// <summary>The time left.</summary>
    /// <param name="elapsed">Time so far.</param>
    /// <param name="done">What is done.</param>
    /// <param name="all">All there is to do.</param>
    internal static string Write(TimeSpan elapsed, double done, double all) =>
        done <= 0 ? "--:--:-- left"
        : (elapsed * ((all - done) / done)).ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture) + " left";
}
