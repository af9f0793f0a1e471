using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using MPCache.Generator.FrontEnd;

namespace MPCache.Bench.Compiler.Sources;

/// <summary>The methods of a compilation that are protocols or entry points, found without the generator.</summary>
internal static class ProgramMethods
{
    /// <summary>All of them, file by file.</summary>
    public static IEnumerable<(IMethodSymbol Method, MethodDeclarationSyntax Declaration, SemanticModel Model)> Of(Compilation compilation)
    {
        ArgumentNullException.ThrowIfNull(compilation);
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            SemanticModel model = compilation.GetSemanticModel(tree);
            IEnumerable<MethodDeclarationSyntax> attributed = tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
                .Where(m => m.AttributeLists.Count > 0);
            foreach (MethodDeclarationSyntax declaration in attributed)
            {
                if (model.GetDeclaredSymbol(declaration) is IMethodSymbol method && Contains(method))
                {
                    yield return (method, declaration, model);
                }
            }
        }
    }

    /// <summary>Whether a method is one of them.</summary>
    public static bool Contains(IMethodSymbol method) => DslSymbols.IsEntryPoint(method) || DslSymbols.IsProtocol(method);
}
