using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Randomness;

namespace MPCache.Sessions;

/// <summary>
/// A call whose public part is complete and checked: every dimension has its value, the plan its totals. Nothing has been sent yet.
/// </summary>
internal sealed class CallBinding
{
    private readonly DimensionBinding dimensions;

    private CallBinding(
        CompiledProgram program, DimensionBinding dimensions, IReadOnlyList<double> reals, IReadOnlyList<ResidentHandle> residents,
        IReadOnlyList<StateHandle> states)
    {
        this.dimensions = dimensions;
        Program = program;
        Reals = reals;
        Residents = residents;
        States = states;
        Dimensions = [.. Interface.Dimensions.Select(d => dimensions.Value(d.Name))];
        Check();
        Planned = Interface.Plan.Evaluate(dimensions.Value);
        if (Math.Max(Planned.Prepared, Math.Max(Planned.ServerToClient, Planned.ClientToServer)) > Array.MaxLength)
        {
            throw new MPCacheException(
                string.Create(
                    CultureInfo.InvariantCulture, $"{Interface.Name} sends more than {Array.MaxLength} bytes in this call: {Describe()}"),
                "Make smaller calls, such as a prompt in several parts");
        }
    }

    public CompiledProgram Program { get; }

    public ProgramInterface Interface => Program.Interface;

    /// <summary>The dimensions in the interface's order.</summary>
    public long[] Dimensions { get; }

    public IReadOnlyList<double> Reals { get; }

    public IReadOnlyList<ResidentHandle> Residents { get; }

    public IReadOnlyList<StateHandle> States { get; }

    /// <summary>What the plan says that the call costs.</summary>
    public PlanTotals Planned { get; }

    /// <summary>Binds a call's arguments.</summary>
    /// <exception cref="MPCacheException">An argument does not fit.</exception>
    public static CallBinding Bind(ISession session, CompiledProgram program, CallRequest request) =>
        Computable(program, () => BindRequest(session, program, request));

    /// <summary>Binds the announcement of a later call.</summary>
    /// <exception cref="MPCacheException">A dimension is missing, or something does not fit.</exception>
    public static CallBinding Bind(ISession session, CompiledProgram program, CallAnnouncement announcement) =>
        Computable(program, () => BindAnnouncement(session, program, announcement));

    private static CallBinding BindRequest(ISession session, CompiledProgram program, CallRequest request)
    {
        ProgramInterface declared = program.Interface;
        DimensionBinding dimensions = new(declared.Name);
        CheckCount(declared.Name, "input", request.Inputs.Count, declared.Inputs.Count);
        CheckCount(declared.Name, "public integer", request.Integers.Count, declared.Integers.Count);
        CheckHandles(session, declared, request.Residents, request.States);
        for (int i = 0; i < declared.Integers.Count; i++)
        {
            dimensions.Set(declared.Integers[i], request.Integers[i], $"the argument {declared.Integers[i]}");
        }

        for (int i = 0; i < declared.Inputs.Count; i++)
        {
            dimensions.Unify(declared.Inputs[i].Shape, request.Inputs[i].Shape, declared.Inputs[i].Name);
        }

        UnifyResidents(dimensions, declared, request.Residents);
        for (int i = 0; i < declared.States.Count; i++)
        {
            ProgramObject parameter = declared.States[i];
            foreach (ProgramField field in parameter.Fields)
            {
                dimensions.Unify(field.Shape, request.States[i].Shape(field.Name), $"{parameter.Name}.{field.Name}");
            }

            BindIntegers(dimensions, parameter, name => request.States[i].Dimensions.TryGetValue(name, out long value) ? value : null);
        }

        dimensions.Solve();
        return new CallBinding(program, dimensions, request.Reals, request.Residents, request.States);
    }

    private static CallBinding BindAnnouncement(ISession session, CompiledProgram program, CallAnnouncement announcement)
    {
        ProgramInterface declared = program.Interface;
        DimensionBinding dimensions = new(declared.Name);
        CheckHandles(session, declared, announcement.Residents, announcement.States);
        foreach ((string name, long value) in announcement.Dimensions)
        {
            dimensions.Set(name, value, "the announcement");
        }

        UnifyResidents(dimensions, declared, announcement.Residents);
        dimensions.Solve();
        return new CallBinding(program, dimensions, announcement.Reals, announcement.Residents, announcement.States);
    }

    /// <summary>The ledger's entry for the call.</summary>
    public CallEntry Entry(uint call) => new(
        call, Interface.Name, Interface.Fingerprint,
        [.. Interface.Dimensions.Select((d, i) => (d.Name, Dimensions[i]))],
        [.. Interface.Reals.Select((r, i) => (r.Name, Reals[i]))],
        [.. Residents.Select(r => r.Call)],
        [.. States.Select(s => s.Call)]);

    /// <summary>The frame in which a role runs the call.</summary>
    /// <param name="inputs">The raw inputs that the role knows.</param>
    /// <param name="state">The role's store of a state.</param>
    public CallFrame Frame(ulong[]?[] inputs, Func<StateHandle, StateStore> state) => new()
    {
        Dimensions = [.. Dimensions],
        Inputs = inputs,
        Reals = [.. Reals],
        Residents = [.. Residents.Select(r => r.Store)],
        States = [.. States.Select(state)],
        Outputs = new ulong[]?[Interface.Outputs.Count],
    };

    /// <summary>A declared shape's sizes in this call.</summary>
    public int[] Sizes(IReadOnlyList<Expr> shape) => [.. shape.Select(Size)];

    /// <summary>A declared size in this call.</summary>
    public int Size(Expr size) => checked((int)size.Evaluate(dimensions.Value));

    /// <summary>The call in words: its program and dimensions.</summary>
    public string Describe()
    {
        IEnumerable<string> sizes = Interface.Dimensions.Zip(Dimensions, (d, value) => FormattableString.Invariant($"{d.Name} = {value}"));
        return $"{Interface.Name}({string.Join(", ", sizes)})";
    }

    private static void UnifyResidents(DimensionBinding dimensions, ProgramInterface declared, IReadOnlyList<ResidentHandle> residents)
    {
        for (int i = 0; i < declared.Residents.Count; i++)
        {
            ProgramObject parameter = declared.Residents[i];
            foreach (ProgramField field in parameter.Fields)
            {
                dimensions.Unify(field.Shape, residents[i].Store[field.Name].Shape, $"{parameter.Name}.{field.Name}");
            }

            BindIntegers(
                dimensions, parameter,
                name => residents[i].Integers.Where(x => x.Name == name).Select(x => (long?)x.Value).FirstOrDefault());
        }
    }

    private static void BindIntegers(DimensionBinding dimensions, ProgramObject parameter, Func<string, long?> find)
    {
        foreach (string name in parameter.Integers)
        {
            if (find(name) is long value)
            {
                dimensions.Set(name, value, parameter.Name);
            }
        }
    }

    private static void CheckHandles(
        ISession session, ProgramInterface declared, IReadOnlyList<ResidentHandle> residents, IReadOnlyList<StateHandle> states)
    {
        CheckCount(declared.Name, "weights argument", residents.Count, declared.Residents.Count);
        CheckCount(declared.Name, "state", states.Count, declared.States.Count);
        for (int i = 0; i < residents.Count; i++)
        {
            CheckHandle(session, declared, declared.Residents[i], residents[i].Session, residents[i].Schema.Name);
        }

        for (int i = 0; i < states.Count; i++)
        {
            CheckHandle(session, declared, declared.States[i], states[i].Session, states[i].Schema.Name);
        }

        if (states.Distinct().Count() != states.Count)
        {
            throw new MPCacheException($"{declared.Name}: one state is given for two parameters", "Create a state for each");
        }
    }

    private static void CheckHandle(ISession session, ProgramInterface declared, ProgramObject parameter, ISession owner, string given)
    {
        if (owner != session)
        {
            throw new MPCacheException(
                $"{declared.Name}: {parameter.Name} was made in another session",
                "Share weights and create states in the session that calls");
        }

        if (given != parameter.Class)
        {
            throw new MPCacheException(
                $"{declared.Name}: {parameter.Name} is a {parameter.Class}, not a {given}", "Pass the handle of the declared class");
        }
    }

    private static void CheckCount(string program, string what, int given, int declared)
    {
        if (given != declared)
        {
            throw new MPCacheException(
                string.Create(CultureInfo.InvariantCulture, $"{program}: {given} {what}s are given, {declared} are declared"),
                "Call the program through its generated method");
        }
    }

    private void Check()
    {
        CheckCount(Interface.Name, "public real number", Reals.Count, Interface.Reals.Count);
        for (int i = 0; i < Dimensions.Length; i++)
        {
            ProgramDimension dimension = Interface.Dimensions[i];
            if (Dimensions[i] < 0 || Dimensions[i] > dimension.Max)
            {
                throw new MPCacheException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Interface.Name}: {dimension.Name} is {Dimensions[i]}, at most {dimension.Max} are allowed"),
                    $"Make a smaller call, or declare [Dim(\"{dimension.Name}\", Max = …)] larger");
            }
        }

        for (int i = 0; i < Reals.Count; i++)
        {
            ProgramReal real = Interface.Reals[i];
            if (!(Reals[i] >= real.Low && Reals[i] <= real.High))
            {
                throw new MPCacheException(
                    string.Create(
                        CultureInfo.InvariantCulture, $"{Interface.Name}: {real.Name} is {Reals[i]}, outside of [{real.Low}, {real.High}]"),
                    "Give a value of the declared range");
            }
        }

        PlanChecks.Hold(Interface, dimensions.Value);
    }

    /// <summary>Sizes that no array holds, or divisions by a size of 0, are the caller's to mend.</summary>
    private static CallBinding Computable(CompiledProgram program, Func<CallBinding> bind)
    {
        try
        {
            return bind();
        }
        catch (ArithmeticException e)
        {
            throw new MPCacheException(
                $"{program.Interface.Name} has no such sizes: {e.Message.TrimEnd('.')}",
                "Give arguments of the declared sizes, each at least 1", e);
        }
    }
}
