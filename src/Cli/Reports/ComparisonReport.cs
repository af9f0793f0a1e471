using System.Collections.Generic;
using System.IO;
using System.Text.Json;

namespace MPCache.Cli.Reports;

/// <summary>Policies side by side as a JSON file: an object a policy, each with its costs and their ratios to the first.</summary>
internal static class ComparisonReport
{
    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="policies">The policies, the one that the others are held against first.</param>
    /// <exception cref="MPCacheException">It cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<ComparedPolicy> policies)
    {
        using FileStream file = ReportFile.Create(path);
        using Utf8JsonWriter json = new(file, JsonReport.Options);
        json.WriteStartArray();
        foreach (ComparedPolicy policy in policies)
        {
            json.WriteStartObject();
            JsonReport.WriteCompletion(json, policy.Completion, policy.Plain);
            json.WriteNumber("keptOfPrompt", policy.Kept);
            json.WriteStartArray("attendedByLayer");
            foreach (int tokens in policy.Attended)
            {
                json.WriteNumberValue(tokens);
            }

            json.WriteEndArray();
            json.WriteNumber("tokensAsFirst", policy.Agreeing);
            json.WriteNumber("tokensAsPlain", policy.AgreeingWithPlain);
            WriteStep(json, "reading", policy.Prompt);
            WriteStep(json, "aToken", policy.Step);
            StepCost first = policies[0].Step;
            WriteStep(json, "ratioToFirst", new StepCost(
                Ratio(policy.Step.Flights, first.Flights), Ratio(policy.Step.Online, first.Online),
                Ratio(policy.Step.Tape, first.Tape), Ratio(policy.Step.Milliseconds, first.Milliseconds)));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static double Ratio(double value, double first) => first > 0 ? value / first : 1;

    private static void WriteStep(Utf8JsonWriter json, string name, StepCost step)
    {
        json.WriteStartObject(name);
        json.WriteNumber("flights", step.Flights);
        json.WriteNumber("onlineBytes", step.Online);
        json.WriteNumber("dealerBytes", step.Tape);
        json.WriteNumber("milliseconds", step.Milliseconds);
        json.WriteEndObject();
    }
}
