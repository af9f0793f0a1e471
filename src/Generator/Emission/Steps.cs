using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Fusion;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Emission;

/// <summary>
/// Writes the body of a program: one statement an operation, one comment a flight, buffers given back after their last use.
/// </summary>
internal sealed partial class Steps(Function function, IndentedWriter writer, Interface program)
{
    private static readonly HashSet<Form> Unpooled =
        [Form.Revealed, Form.Permutation, Form.Comparisons, Form.Ranking, Form.Positions];

    private readonly Dictionary<int, string> names = [];
    private readonly Dictionary<int, Value> values = [];
    private readonly List<string> indices = [];
    private readonly Sizes sizes = new(writer, [.. program.Dimensions, .. function.Body.Walk().Where(o => o.Kind == "for").Select(o => o.Attributes.Text("index"))]);
    private Regions regions = null!;

    public void Write() => Block(function.Body, []);

    private void Block(Block block, IReadOnlyCollection<int> moved)
    {
        foreach (Value result in block.Ops.SelectMany(o => o.Results))
        {
            values[result.Id] = result;
        }

        sizes.Enter();
        Regions outer = regions;
        regions = new Regions(block, values, Scalar);
        Dictionary<int, int> lastUse = [];
        HashSet<int> owned = [];
        for (int i = 0; i < block.Ops.Length; i++)
        {
            if (regions.IsSkipped(block.Ops[i]))
            {
                continue;
            }

            foreach (int operand in Uses(block.Ops[i]))
            {
                lastUse[operand] = i;
            }

            foreach (Value result in block.Ops[i].Results)
            {
                // A state's value is the state's own buffer; a revealed value belongs to the caller; what is found while running is small.
                if (!block.Ops[i].Kind.StartsWith("state.", StringComparison.Ordinal) && !Unpooled.Contains(result.Tensor.Form))
                {
                    owned.Add(result.Id);
                    lastUse[result.Id] = Math.Max(i, lastUse.TryGetValue(result.Id, out int later) ? later : i);
                }
            }
        }

        owned.ExceptWith(moved);
        ILookup<int, Observation> observed = Observations(block);
        Observe(observed[-1]);
        for (int i = 0; i < block.Ops.Length; i++)
        {
            Op op = block.Ops[i];
            if (op.Kind == "for")
            {
                // What nobody needs behind the loop becomes what it carries.
                HashSet<int> given = [.. op.Operands.GroupBy(o => o).Where(o => o.Count() == 1).Select(o => o.Key)
                    .Where(o => owned.Contains(o) && lastUse[o] == i && !op.UsedInside().Contains(o) && values[o].Tensor.Form != Form.Ranking)];
                owned.ExceptWith(given);
                Loop(op, given);
            }
            else if (op.Kind == "if")
            {
                Branches(op);
            }
            else if (op.Kind == "flight")
            {
                Flight(op, block.Ops.Skip(i + 1));
            }
            else if (regions.Combinations(op) is { } parts)
            {
                Combine(op, parts);
            }
            else if (!regions.IsSkipped(op))
            {
                Step(op);
            }

            Observe(observed[i]);
            foreach (int dead in lastUse.Where(p => p.Value == i && owned.Contains(p.Key)).Select(p => p.Key).OrderBy(k => k))
            {
                writer.Line($"run.Free({Name(dead)});");
            }
        }

        regions = outer;
        sizes.Leave();
    }

    /// <summary>Everything an operation needs alive, the uses inside its blocks included.</summary>
    private IEnumerable<int> Uses(Op op) => regions.Operands(op).Concat(op.UsedInside());

    /// <summary>Observations by the operation behind which their value is there; −1 is the block's beginning.</summary>
    private static ILookup<int, Observation> Observations(Block block)
    {
        Dictionary<int, int> ready = [];
        for (int i = 0; i < block.Ops.Length; i++)
        {
            Op op = block.Ops[i];
            foreach (Value result in op.Results)
            {
                ready[result.Id] = i;
            }

            // What is opened has its value when the message has come.
            if (op.Kind.EndsWith(".take", StringComparison.Ordinal))
            {
                ready[op.Operands[0]] = i;
            }
        }

        return block.Observed.ToLookup(o => ready.TryGetValue(o.Value, out int index) ? index : -1);
    }

    private void Observe(IEnumerable<Observation> observations)
    {
        foreach (Observation observation in observations)
        {
            TensorType type = values[observation.Value].Tensor;
            string name = Name(observation.Value);
            string place = $"{observation.Site}, {Index(0)}, {Index(1)}";
            writer.Line(type.Form switch
            {
                Form.MaskedBit => $"run.Trace?.ObserveBits({place}, {name});",
                Form.Additive => $"run.Trace?.ObserveShare({place}, {name}.First, {type.Number!.Ring}, {observation.Scale});",
                _ => $"run.Trace?.Observe({place}, {name}.First, {name}.Second, {type.Number!.Ring}, {observation.Scale});",
            });
        }
    }

    private string Index(int depth) => depth < indices.Count ? indices[depth] : "0";

    private void Loop(Op op, HashSet<int> given)
    {
        Block body = op.Body!;
        string index = op.Attributes.Text("index");
        for (int i = 0; i < body.Parameters.Length; i++)
        {
            values[body.Parameters[i].Id] = body.Parameters[i];
            names[op.Results[i].Id] = Name(body.Parameters[i].Id);
            values[op.Results[i].Id] = op.Results[i];
            writer.Line(IsRanking(body.Parameters[i]) || given.Contains(op.Operands[i])
                ? $"var {Name(body.Parameters[i].Id)} = {Name(op.Operands[i])};"
                : $"var {Name(body.Parameters[i].Id)} = Execution::Local.Copy(run, {Name(op.Operands[i])});");
        }

        using (writer.Block(
            $"for (long {index} = {Long(op.Attributes.Expr("low"))}; {index} < {Long(op.Attributes.Expr("high"))}; {index}++)"))
        {
            indices.Add(index);
            HashSet<int> moved = Own(body, body.Yields.Where((_, i) => !IsRanking(body.Parameters[i])));
            Block(body, moved);
            HashSet<int> taken = [];
            List<string> next = [];
            for (int i = 0; i < body.Yields.Length; i++)
            {
                int yield = body.Yields[i];
                if (IsRanking(body.Parameters[i]))
                {
                    writer.Line($"{Name(body.Parameters[i].Id)} = {Name(yield)};");
                    next.Add("");
                    continue;
                }

                next.Add(yield == body.Parameters[i].Id
                    ? ""
                    : moved.Contains(yield) && taken.Add(yield) ? Name(yield) : $"Execution::Local.Copy(run, {Name(yield)})");
                if (next[i].Length > 0)
                {
                    writer.Line($"var {Name(body.Parameters[i].Id)}Next = {next[i]};");
                }
            }

            for (int i = 0; i < next.Count; i++)
            {
                if (next[i].Length > 0)
                {
                    writer.Line($"run.Free({Name(body.Parameters[i].Id)});");
                    writer.Line($"{Name(body.Parameters[i].Id)} = {Name(body.Parameters[i].Id)}Next;");
                }
            }

            indices.RemoveAt(indices.Count - 1);
        }

        writer.Line();
    }

    private void Branches(Op op)
    {
        foreach (Value result in op.Results)
        {
            writer.Line($"Execution::RingValue {Name(result.Id)};");
        }

        Branch($"if ({Names.Bool(op.Attributes.Condition("condition"))})", op, op.Body!);
        Branch("else", op, op.Otherwise!);
        writer.Line();
    }

    /// <summary>A branch; its own values move to the results, others stay with their owner.</summary>
    private void Branch(string head, Op op, Block branch)
    {
        using (writer.Block(head))
        {
            HashSet<int> moved = Own(branch, branch.Yields);
            Block(branch, moved);
            for (int i = 0; i < branch.Yields.Length; i++)
            {
                string value = Name(branch.Yields[i]);
                writer.Line($"{Name(op.Results[i].Id)} = {(moved.Remove(branch.Yields[i]) ? value : $"Execution::Local.Copy(run, {value})")};");
            }
        }
    }

    /// <summary>Which of a block's yields are made in it and belong to no state: they need no copy where they leave.</summary>
    private static HashSet<int> Own(Block block, IEnumerable<int> yields)
    {
        HashSet<int> inside = [.. block.Ops.SelectMany(o => o.Results).Select(r => r.Id)];
        return [.. yields.Where(y => inside.Contains(y) && !IsState(block, y))];
    }

    private static bool IsRanking(Value value) => value.Tensor.Form == Form.Ranking;

    private static bool IsState(Block block, int value) =>
        block.Ops.Any(o => o.Kind.StartsWith("state.", StringComparison.Ordinal) && o.Results.Any(r => r.Id == value));

    private void Flight(Op flight, IEnumerable<Op> behind)
    {
        int id = flight.Attributes.Int("id");
        writer.Line();
        writer.Line($"// Flight {id}");
        foreach (Op take in behind.TakeWhile(o => o.Kind.EndsWith(".take", StringComparison.Ordinal)))
        {
            Value carried = values[take.Kind == "locate.take" ? take.Operands[0] : take.Operands.Last()];
            string gate = take.Attributes.Has("gate") ? take.Attributes.Text("gate") : take.Kind.Substring(0, take.Kind.Length - 5);
            string width = take.Attributes.Has("planes") ? Bits(take.Attributes.Int("planes"))
                : !take.Attributes.Has("ring") ? Bits(1)
                : $"{(take.Attributes.Int("ring") - take.Attributes.Int("truncate", 0) + 7) / 8} bytes";
            string expression = take.Site >= 0
                ? function.Sites[take.Site].Text
                : take.Attributes.Has("name") ? take.Attributes.Text("name") : "";
            writer.Line($"//   {gate}: {carried.Tensor.Count} × {width}{(expression.Length > 0 ? "   «" + expression + "»" : "")}");
        }

        string server = flight.Attributes.Int("server") == 1 ? "true" : "false";
        string client = flight.Attributes.Int("client") == 1 ? "true" : "false";
        writer.Line($"await run.ExchangeAsync<TRole>({id}, {server}, {client}).ConfigureAwait(false);");
    }

    private static string Bits(int count) => count == 1 ? "1 bit" : $"{count} bits";

    private void Step(Op op)
    {
        Attributes a = op.Attributes;
        string ring = a.Has("ring") ? a.Expr("ring").ToString() : "64";
        string Operand(int i) => Name(op.Operands[i]);
        string at = a.Has("slot") ? At(a.Int("slot")) : "";
        switch (op.Kind)
        {
            case "check":
                return;
            case "input.put" when a.Has("field"):
                Define(op,
                    $"Gates::InputGate.PutWeights<TRole>(run, {at}, {Weight(a)}, {Int(a.Expr("start"))}, {Count(op)}, {ring})");
                return;
            case "input.put":
                Define(op,
                    $"Gates::InputGate.Put<TRole>(run, {at}, frame.Inputs[{program.InputIndex(op)}], {Count(op)}, {ring}, "
                        + $"Language::Party.{a.Text("owner")})");
                return;
            case "input.take":
                writer.Line($"Gates::InputGate.Take<TRole>(run, {Operand(0)}, {ring}, Language::Party.{a.Text("owner")});");
                return;
            case "open.put":
                Define(op, $"Gates::Open.Put<TRole>(run, {at}, {Operand(0)}, {ring}, {a.Int("truncate")}, {FromServer(a)})");
                return;
            case "open.take":
                writer.Line($"Gates::Open.Take<TRole>(run, {Operand(0)}, {ring}, {a.Int("truncate")}, {FromServer(a)});");
                return;
            case "openbits.put":
                Define(op, $"Gates::OpenBits.Put<TRole>(run, {at}, {Operand(0)})");
                return;
            case "openbits.take":
                writer.Line($"Gates::OpenBits.Take<TRole>(run, {Operand(0)});");
                return;
            case "reveal.put":
                writer.Line($"Gates::Reveal.Put<TRole>(run, {Operand(0)}, {ring}, Language::Party.{a.Text("to")});");
                return;
            case "reveal.take":
                writer.Line(
                    $"frame.Outputs[{program.OutputIndex(op.Operands[1])}] = Gates::Reveal.Take<TRole>(run, {Operand(0)}, {ring}, "
                        + $"Language::Party.{a.Text("to")});");
                return;
            case "opento.put":
                Define(op, $"Gates::OpenTo.Put<TRole>(run, {at}, {Operand(0)}, {ring}, {a.Int("truncate")}, {Receiver(a)})");
                return;
            case "opento.take":
                writer.Line($"Gates::OpenTo.Take<TRole>(run, {Operand(0)}, {ring}, {a.Int("truncate")}, {Receiver(a)});");
                return;
            case "tell.put":
                Define(op, $"Gates::Tell.Put<TRole>(run, {at}, {Operand(0)}, {ring}, {Sender(a)})");
                return;
            case "tell.take":
                writer.Line($"Gates::Tell.Take<TRole>(run, {Operand(0)}, {ring}, {Sender(a)});");
                return;
            case "state.read":
                Define(op, $"{State(op)}.Value");
                return;
            case "state.append" or "state.assign":
                writer.Line($"{State(op)}.{(op.Kind == "state.append" ? "Append" : "Assign")}({Operand(0)});");
                Define(op, $"{State(op)}.Value");
                return;
            case "product.multiply":
                Define(op, $"Gates::Product.Multiply<TRole>(run, {at}, {Operand(0)}, {Operand(1)}, {ring})");
                return;
            case "product.matmul":
                string shape =
                    $"new Ring::MatMulShape({Int(a.Expr("batch"))}, {Int(a.Expr("rows"))}, {Int(a.Expr("inner"))}, "
                        + $"{Int(a.Expr("columns"))}, {(a.Int("transposed") == 1 ? "true" : "false")}){Strides(a)}";
                Define(op, $"Gates::Product.MatMul<TRole>(run, {at}, {Operand(0)}, {Operand(1)}, {shape}, {ring})");
                return;
            case "serverlinear.linear" when a.Has("count"):
                Define(op,
                    $"Gates::ServerLinear.LinearEach<TRole>(run, {at}, {Operand(0)}, {Weight(a)}, {Int(a.Expr("first"))}, "
                        + $"{Int(a.Expr("count"))}, {Int(a.Expr("outputs"))}, {Int(a.Expr("inputs"))}, "
                        + $"{Int(a.Expr("rows"))}, {ring})");
                return;
            case "serverlinear.linear":
                Define(op,
                    $"Gates::ServerLinear.Linear<TRole>(run, {at}, {Operand(0)}, {Weight(a)}, {Row(a)}, {Int(a.Expr("outputs"))}, "
                        + $"{Int(a.Expr("inputs"))}, {Int(a.Expr("rows"))}, {ring})");
                return;
            case "serverlinear.scale" when a.Has("count"):
                Define(op,
                    $"Gates::ServerLinear.ScaleEach<TRole>(run, {at}, {Operand(0)}, {Weight(a)}, {Int(a.Expr("first"))}, "
                        + $"{Int(a.Expr("count"))}, {Int(a.Expr("inputs"))}, {Int(a.Expr("rows"))}, {ring})");
                return;
            case "serverlinear.scale":
                Define(op,
                    $"Gates::ServerLinear.Scale<TRole>(run, {at}, {Operand(0)}, {Weight(a)}, {Row(a)}, {Int(a.Expr("inputs"))}, "
                        + $"{Int(a.Expr("rows"))}, {ring})");
                return;
            case "serverlinear.lookup" when a.Has("count"):
                Define(op,
                    $"Gates::ServerLinear.LookUpEach<TRole>(run, {at}, {Operand(0)}, {Weight(a)}, {Int(a.Expr("first"))}, "
                        + $"{Int(a.Expr("count"))}, {Int(a.Expr("classes"))}, {Int(a.Expr("outputs"))}, "
                        + $"{Int(a.Expr("rows"))}, {ring})");
                return;
            case "serverlinear.lookup":
                Define(op,
                    $"Gates::ServerLinear.LookUp<TRole>(run, {at}, {Operand(0)}, {Weight(a)}, {Row(a)}, {Int(a.Expr("classes"))}, "
                        + $"{Int(a.Expr("outputs"))}, {Int(a.Expr("rows"))}, {ring})");
                return;
            case "serverlinear.add" when a.Has("summandVectors"):
                Define(op,
                    $"Gates::ServerLinear.AddEach<TRole>(run, {Operand(0)}, {Weight(a)}, {Int(a.Expr("first"))}, "
                        + $"{Int(a.Expr("summandVectors"))}, {Int(a.Expr("summandSize"))}, {a.Int("lift")}, {ring})");
                return;
            case "serverlinear.add":
                Define(op,
                    $"Gates::ServerLinear.Add<TRole>(run, {Operand(0)}, {Weight(a)}, {Int(a.Expr("first"))}, "
                        + $"{Int(a.Expr("count"))}, {a.Int("lift")}, {ring})");
                return;
            case "truncate.reduce":
                Define(op, $"Gates::Truncate.Reduce<TRole>(run, {at}, {Operand(0)}, {ring}, {a.Int("by")})");
                return;
            case "extend.start":
                Define(op, $"Gates::Extend.Start<TRole>(run, {at}, {Operand(0)}, {a.Int("from")}, {ring})");
                return;
            case "wide.multiply":
                Define(op,
                    $"Gates::WideProduct.Multiply<TRole>(run, {at}, {Operand(0)}, {Operand(1)}, {Operand(2)}, {a.Int("from")}, {ring})");
                return;
            case "wide.squares":
                Define(op,
                    $"Gates::WideProduct.Squares<TRole>(run, {at}, {Operand(0)}, {Operand(1)}, {Count(op)}, {a.Int("from")}, {ring})");
                return;
            case "compare.digits":
                Define(op,
                    $"Gates::Compare.Digits<TRole>(run, {at}, {Operand(0)}, {ring}, "
                        + $"[{string.Join(", ", a.List("thresholds").Select(t => t + "L"))}])");
                return;
            case "compare.combine":
                Define(op, $"Gates::Compare.Combine<TRole>(run, {at}, {Operand(0)}, {ring})");
                return;
            case "select.choose":
                Define(op, $"Gates::Select.Choose<TRole>(run, {at}, {Operand(0)}, {Operand(1)}, 1, {ring})");
                return;
            case "champion.choose":
                Define(op,
                    $"Gates::Champion.Choose<TRole>(run, {at}, {Operand(0)}, {Operand(1)}, {a.Int("contenders")}, {ring})");
                return;
            case "octaves.spread":
                Define(op,
                    $"Gates::Octaves.Spread<TRole>(run, {Operand(0)}, {a.Int("from")}, {a.Int("first")}, {a.Int("octaves")}, "
                        + $"{a.Int("inputScale")}, {ring})");
                return;
            case "coarse.hashes":
                Define(op,
                    $"Gates::CoarseMaximum.Hashes<TRole>(run, {at}, {Operand(0)}, {Int(a.Expr("rows"))}, {ring}, {a.Expr("low")}L, "
                        + $"{a.Int("thresholds")})");
                return;
            case "coarse.digits":
                Define(op, $"Gates::CoarseMaximum.Digits<TRole>(run, {at}, {Operand(0)})");
                return;
            case "coarse.occupied":
                Define(op, $"Gates::CoarseMaximum.Occupied<TRole>(run, {at}, {Operand(0)})");
                return;
            case "bittoring.count":
                Define(op,
                    $"Gates::BitToRing.Count<TRole>(run, {at}, {Operand(0)}, {a.Int("groups")}, {a.Expr("constant")}L, {ring})");
                return;
            case "bittoring.combine":
                Define(op,
                    $"Gates::BitToRing.Combine<TRole>(run, {at}, {Operand(0)}, {a.Int("groups")}, "
                        + $"[{string.Join(", ", a.List("coefficients").Select(t => t + "L"))}], {a.Expr("constant")}L, {ring})");
                return;
            case "exponential.lookup":
                Define(op, $"Gates::Exponential.Lookup<TRole>(run, {at}, {Operand(0)}, {Exponent(a)})");
                return;
            case "exponential.scale":
                Define(op,
                    $"Gates::Exponential.Scale<TRole>(run, {at}, {Operand(0)}, {Operand(1)}, {Operand(2)}, {Exponent(a)}, {ring})");
                return;
            case "piecewise.lookup":
                Define(op, $"Gates::Piecewise.Lookup<TRole>(run, {at}, {Operand(0)}, {program.Table(a)}, {ring})");
                return;
            case "piecewise.combine":
                Define(op,
                    $"Gates::Piecewise.Combine<TRole>(run, {at}, {Operand(0)}, {Operand(1)}, {Operand(2)}, {program.Table(a)}, {ring})");
                return;
            default:
                if (!Selecting(op, a, at))
                {
                    Local(op, a, ring);
                }

                return;
        }
    }

    private void Local(Op op, Attributes a, string ring)
    {
        string Operand(int i) => Name(regions.Operand(op.Operands[i]));
        Define(op, op.Kind switch
        {
            "local.add" => $"Execution::Local.Add(run, {Operand(0)}, {Operand(1)}, {ring})",
            "local.sub" => $"Execution::Local.Subtract(run, {Operand(0)}, {Operand(1)}, {ring})",
            "local.neg" => $"Execution::Local.Negate(run, {Operand(0)}, {ring})",
            "local.narrow" => $"Execution::Local.Narrow(run, {Operand(0)}, {ring})",
            "local.shl" => $"Execution::Local.MultiplyConstant(run, {Operand(0)}, {1L << a.Int("by")}L, {ring})",
            "local.scale" => $"Execution::Local.MultiplyConstant(run, {Operand(0)}, {Scalar(a)}, {ring})",
            "local.add.scalar" => $"Execution::Local.AddConstant<TRole>(run, {Operand(0)}, {Scalar(a)}, {ring})",
            "local.addconstant" => $"Execution::Local.AddConstant<TRole>(run, {Operand(0)}, {a.Expr("constant")}L, {ring})",
            "local.additive" =>
                $"Execution::Local.ToAdditive<TRole>(run, {Operand(0)}, {ring}{(HeldByServer(op) ? ", Language::Party.Server" : "")})",
            "local.public" => $"Execution::Local.FromPublic<TRole>(run, {Operand(0)}.First, {ring})",
            "local.causal" => $"Execution::PublicTensors.Causal(run, {Int(a.Expr("queries"))}, {Int(a.Expr("tokens"))})",
            "local.iota" => $"Execution::PublicTensors.Iota(run, {Int(a.Expr("count"))})",
            "local.constant" => $"Execution::PublicTensors.Constant(run, {Count(op)}, {Scalar(a)})",
            "local.where" => $"Execution::PublicTensors.Where<TRole>(run, {Operand(0)}, {Operand(1)}, {a.Expr("otherwise")}L, {ring})",
            "local.rotary" =>
                $"Execution::PublicTensors.Rotary(run, {Operand(0)}, {Shape(a, "shape")}, {Int(a.Expr("first"))}, {Theta(a)}, "
                    + $"{a.Int("bits")}, {ring})",
            "local.permute" => $"Execution::Local.Permute(run, {Operand(0)}, {Shape(a, "shape")}, {Shape(a, "axes")})",
            "local.broadcast" => $"Execution::Local.Broadcast(run, {Operand(0)}, {Shape(a, "from")}, {Shape(a, "to")})",
            "local.slice" =>
                $"Execution::Local.Slice(run, {Operand(0)}, {Shape(a, "shape")}, {a.Int("axis")}, {Int(a.Expr("start"))}, "
                    + $"{Int(a.Expr("length"))})",
            "local.concat" =>
                $"Execution::Local.Concat(run, {Operand(0)}, {Shape(a, "shapeA")}, {Operand(1)}, {Shape(a, "shapeB")}, {a.Int("axis")})",
            "local.cumsum" => $"Execution::Local.CumulativeSum(run, {Operand(0)}, {Int(a.Expr("length"))}, {ring})",
            "local.steps" => $"Gates::Octaves.Steps(run, {Operand(0)}, {a.Int("octaves")}, {a.Int("power")}, {ring})",
            "local.sum" => $"Execution::Local.Sum(run, {Operand(0)}, {Shape(a, "shape")}, {a.Int("axis")}, {ring})",
            _ => throw new InvalidOperationException($"emission does not know '{op.Kind}'"),
        });
    }

    private string At(int slot) => $"run.At({string.Join(", ", indices.Prepend(slot.ToString(CultureInfo.InvariantCulture)))})";

    private static string FromServer(Attributes a) => a.Text("from") == "server" ? "true" : "false";

    private string State(Op op)
    {
        string index = op.Attributes.Has("index") ? Int(op.Attributes.Expr("index")) : "0";
        return $"{program.Field(op.Attributes.Text("object"), op.Attributes.Text("field"))}[{index}]";
    }

    private string Strides(Attributes a) => a.Has("rowStride")
        ? $" {{ BatchStride = {Int(a.Expr("batchStride"))}, RowStride = {Int(a.Expr("rowStride"))} }}"
        : "";

    private string Weight(Attributes a) => program.Field(a.Text("object"), a.Text("field"));

    private string Row(Attributes a) => a.Has("row") ? Int(a.Expr("row")) : "-1";

    private static string Exponent(Attributes a) =>
        $"new Gates::ExponentialShape({a.Int("fraction")}, {a.Int("lowBits")}, {a.Int("highBits")}, {a.Int("offset")}, "
            + $"{a.Int("tableBits")}, {a.Int("factorBits")})";

    private string Shape(Attributes a, string name) => $"[{string.Join(", ", a.List(name).Select(Int))}]";

    /// <summary>A public factor or summand as a raw integer with the attribute's fraction bits.</summary>
    private Factor Scalar(Attributes a)
    {
        int bits = a.Int("bits");
        Attr scalar = a.All.First(p => p.Key == "scalar").Value;
        if (scalar is RealAttr constant)
        {
            return new Factor((long)DecimalText.Raw(constant.Decimal, bits));
        }

        string text = ((TextAttr)scalar).Value;
        int open = text.IndexOf('(');
        string argument = text.Substring(open + 1, text.Length - open - 2);
        return new Factor(1, text.Substring(0, open) switch
        {
            "inversesqrt" => $"FixedPoint::FixedMath.InverseSqrt({Long(ExprParser.Parse(argument))}, {bits})",
            "inverse" => $"FixedPoint::FixedMath.Reciprocal({Long(ExprParser.Parse(argument))}, {bits})",
            "reciprocal" => $"FixedPoint::Encode.ToRaw(1 / {program.Real(argument)}, {bits})",
            _ => $"FixedPoint::Encode.ToRaw({program.Real(argument)}, {bits})",
        });
    }

    private string Theta(Attributes a)
    {
        Attr theta = a.All.First(p => p.Key == "theta").Value;
        return theta is RealAttr constant ? constant.Decimal + "d" : program.Real(((TextAttr)theta).Value.Substring(6).TrimEnd(')'));
    }

    private string Count(Op op) => Int(op.Result.Tensor.Count);

    private void Define(Op op, string expression) => writer.Line($"var {Name(op.Result.Id)} = {expression};");

    private string Int(Expr expression) => Names.Int(expression, sizes.Name);

    private string Long(Expr expression) => Names.Long(expression, sizes.Name);

    private string Name(int id) =>
        names.TryGetValue(id, out string? name) ? name : names[id] = "v" + id.ToString(CultureInfo.InvariantCulture);
}
