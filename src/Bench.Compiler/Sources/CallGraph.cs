using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using MPCache.Generator.FrontEnd;

namespace MPCache.Bench.Compiler.Sources;

/// <summary>
/// Which protocols and entry points name which others, found by the C# compiler alone: what the generator compiled anew is held against it.
/// </summary>
internal sealed class CallGraph
{
    private readonly HashSet<string> entries = [];

    private readonly Dictionary<string, HashSet<string>> callers = [];

    /// <summary>Reads a compilation.</summary>
    public CallGraph(Compilation compilation)
    {
        foreach ((IMethodSymbol method, MethodDeclarationSyntax declaration, SemanticModel model) in ProgramMethods.Of(compilation))
        {
            Add(method, declaration, model);
        }
    }

    /// <summary>The names of all entry points.</summary>
    public IReadOnlySet<string> Entries => entries;

    /// <summary>A method's full name, from <c>Class.Method</c>.</summary>
    public string FullName(string method) => callers.Keys.Single(n => n.EndsWith("." + method, StringComparison.Ordinal) || n == method);

    /// <summary>The entry points that reach a method by calls, itself included where it is one.</summary>
    /// <param name="method">The method's full name.</param>
    public IReadOnlySet<string> EntriesReaching(string method)
    {
        HashSet<string> reaching = [];
        Stack<string> open = new([method]);
        while (open.TryPop(out string? name))
        {
            if (reaching.Add(name))
            {
                foreach (string caller in callers.GetValueOrDefault(name, []))
                {
                    open.Push(caller);
                }
            }
        }

        reaching.IntersectWith(entries);
        return reaching;
    }

    private void Add(IMethodSymbol method, MethodDeclarationSyntax declaration, SemanticModel model)
    {
        string name = MethodNames.Of(method);
        callers.TryAdd(name, []);
        if (DslSymbols.IsEntryPoint(method))
        {
            entries.Add(name);
        }

        foreach (SimpleNameSyntax mention in declaration.DescendantNodes().OfType<SimpleNameSyntax>())
        {
            if (model.GetSymbolInfo(mention).Symbol is IMethodSymbol { MethodKind: MethodKind.Ordinary } called
                && ProgramMethods.Contains(called))
            {
                string target = MethodNames.Of(called);
                callers.TryAdd(target, []);
                callers[target].Add(name);
            }
        }
    }
}
