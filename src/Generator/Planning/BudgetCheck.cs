using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Planning;

/// <summary>Holds a program's plan against the budgets that its entry point declares.</summary>
internal static class BudgetCheck
{
    /// <summary>What the author must hear.</summary>
    /// <param name="function">The entry point's name.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="dimensions">Its dimensions.</param>
    /// <param name="budgets">What it may cost.</param>
    public static IEnumerable<Diagnosis> Judge(
        string function, Plan plan, IReadOnlyCollection<string> dimensions, IEnumerable<Budget> budgets)
    {
        foreach (Budget budget in budgets)
        {
            IReadOnlyDictionary<string, long> sizes = Budget.ReadSizes(budget.Sizes)!;
            Cost cost = new(budget.Kind, sizes, Budget.ReadSizes(budget.Typical)!);
            Diagnosis At(string id, string message) => new(id, message, function, budget.Start, budget.Length);
            if (sizes.Keys.FirstOrDefault(d => !dimensions.Contains(d)) is string unknown)
            {
                yield return At("MPC5002", $"the program has no dimension '{unknown}'; "
                    + (dimensions.Count == 0 ? "it has none, so leave Dims out" : $"it has {string.Join(", ", dimensions)}"));
            }
            else if (cost.Take(plan) is string problem)
            {
                yield return At("MPC5002", problem);
            }
            else if (cost.Total > budget.Limit)
            {
                yield return At("MPC5001", cost.Exceeds(budget.Limit));
            }
        }
    }

    /// <summary>One kind of cost of a call: the sum, and what each expression adds to it.</summary>
    private sealed class Cost(string kind, IReadOnlyDictionary<string, long> sizes, IReadOnlyDictionary<string, long> typical)
    {
        private readonly Dictionary<string, long> shares = new(StringComparer.Ordinal);
        private readonly SortedSet<string> depends = new(StringComparer.Ordinal);

        public long Total { get; private set; }

        /// <summary>Sums; gives what stands in the way of it.</summary>
        public string? Take(Plan plan)
        {
            try
            {
                Walk(plan.Nodes, Ask, 1);
                Total += kind == "Bytes" && plan.Nodes.Any(n => n is PreparedNode) ? Wire.HeaderBytes : 0;
                return null;
            }
            catch (KeyNotFoundException missing)
            {
                return $"what the budget limits depends on the dimension '{missing.Message}'; give its size in Dims, as in "
                    + $"Dims = \"{missing.Message} = 512\", or a Typical one in [Dim(\"{missing.Message}\")]";
            }
            catch (ArithmeticException)
            {
                return "the cost at these sizes fits no 64 bits or divides by 0; give sizes that a session can have";
            }
        }

        public string Exceeds(long limit)
        {
            string unit = kind switch
            {
                "Flights" => "flights",
                "Bytes" => "bytes between the parties",
                _ => "bytes from the dealer",
            };
            string at = depends.Count == 0 ? ""
                : " at " + string.Join(", ", depends.Select(d => $"{d} = {Number(Size(d))}"));
            (string expression, long share) = shares.OrderByDescending(s => s.Value).ThenBy(s => s.Key, StringComparer.Ordinal)
                .Select(s => (s.Key, s.Value)).FirstOrDefault();
            string part = kind == "Flights" ? $"takes part in {Number(share)} of them" : $"takes {Number(share)} of them";
            return $"a call takes {Number(Total)} {unit}{at}, the budget allows {Number(limit)}; "
                + (expression is null ? "" : $"«{expression}» {part}: ") + "make it cheaper or raise the budget";
        }

        private static string Number(long value) => value.ToString("N0", System.Globalization.CultureInfo.InvariantCulture);

        private long Size(string dimension) =>
            sizes.TryGetValue(dimension, out long size) || typical.TryGetValue(dimension, out size)
                ? size
                : throw new KeyNotFoundException(dimension);

        private long Ask(string dimension)
        {
            depends.Add(dimension);
            return Size(dimension);
        }

        private void Walk(IReadOnlyList<PlanNode> nodes, Func<string, long> value, long times)
        {
            foreach (PlanNode node in nodes)
            {
                switch (node)
                {
                    case LoopNode loop:
                        Loop(loop, value, times);
                        break;
                    case IfNode choice:
                        Walk(choice.Taken(value), value, times);
                        break;
                    case FlightNode flight when kind == "Flights":
                        Total = checked(Total + times);
                        foreach (string expression in flight.Entries.Select(e => e.Expression).Distinct())
                        {
                            Share(expression, times);
                        }

                        break;
                    case FlightNode flight when kind == "Bytes":
                        int headers = (flight.ServerSends ? Wire.HeaderBytes : 0) + (flight.ClientSends ? Wire.HeaderBytes : 0);
                        Total = checked(Total + (times * headers));
                        foreach (PlanEntry entry in flight.Entries)
                        {
                            long bytes = checked(entry.ServerToClient.Evaluate(value) + entry.ClientToServer.Evaluate(value));
                            Add(entry.Expression, bytes, times);
                        }

                        break;
                    case PreparedNode part when kind == "Bytes":
                        Add(part.Expression, part.Bytes.Evaluate(value), times);
                        break;
                    case TapeNode slot when kind == "DealerBytes":
                        Add(slot.Expression, slot.Bytes.Evaluate(value), times);
                        break;
                }
            }
        }

        private void Loop(LoopNode loop, Func<string, long> value, long times)
        {
            long low = loop.Low.Evaluate(value);
            long high = loop.High.Evaluate(value);
            if (high > low && (kind == "Flights" ? !Plan.BoundsMention(loop.Body, loop.Index) : !Plan.Mentions(loop.Body, loop.Index)))
            {
                Walk(loop.Body, value, checked(times * (high - low)));
                return;
            }

            for (long i = low; i < high; i++)
            {
                long at = i;
                Walk(loop.Body, name => name == loop.Index ? at : value(name), times);
            }
        }

        private void Add(string expression, long each, long times)
        {
            Total = checked(Total + (each * times));
            Share(expression, checked(each * times));
        }

        private void Share(string expression, long cost)
        {
            if (expression.Length > 0)
            {
                shares[expression] = (shares.TryGetValue(expression, out long before) ? before : 0) + cost;
            }
        }
    }
}
