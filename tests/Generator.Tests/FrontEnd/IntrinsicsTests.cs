using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.FrontEnd;

/// <summary>The table of the language's methods against the runtime's own classes.</summary>
public class IntrinsicsTests
{
    // What a compiled method cannot call: reading floats of the author's, and text.
    private static readonly string[] PlainOnly = ["Tensor.From", "Tensor.ToString"];

    [Fact]
    public void Every_public_method_of_the_language_has_an_operation()
    {
        Compilation compilation = Programs.Compile("");
        IEnumerable<string> methods = new[] { "Functions", "Tensor", "RangeAssertion", "Mapping", "Selection" }
            .SelectMany(type => compilation.GetTypeByMetadataName("MPCache." + type)!.GetMembers().OfType<IMethodSymbol>()
                .Where(m => m.DeclaredAccessibility == Accessibility.Public && m.MethodKind == MethodKind.Ordinary)
                .Select(m => $"{type}.{m.Name}"));
        Assert.Equal(
            methods.Distinct().Except(PlainOnly).Order(StringComparer.Ordinal), Intrinsics.Names.Order(StringComparer.Ordinal));
    }
}
