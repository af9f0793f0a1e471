using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Diagnostics;

/// <summary>A diagnosis and the place of the declaration it is about: the last step before it becomes a Roslyn diagnostic.</summary>
/// <param name="Diagnosis">What is to be said.</param>
/// <param name="Place">Where, or null where the declaration is not in this compilation.</param>
internal sealed record Report(Diagnosis Diagnosis, DeclarationPlace? Place)
{
    /// <summary>
    /// Joins each diagnosis, once, with its declaration. Places without a diagnosis are dropped: where they stand changes nothing.
    /// </summary>
    public static EquatableArray<Report> Join(EquatableArray<Diagnosis> diagnoses, ImmutableArray<DeclarationPlace> places) =>
        diagnoses.Distinct().Select(d => new Report(d, places.FirstOrDefault(p => p.Name == d.Function))).ToEquatableArray();

    /// <summary>The Roslyn diagnostic. A span that is empty or that no longer fits the file stands for the declaration's name.</summary>
    public Diagnostic ToDiagnostic()
    {
        Location location = Location.None;
        if (Place is not null)
        {
            TextSpan span = new(System.Math.Max(0, Place.Start + Diagnosis.Start), System.Math.Max(0, Diagnosis.Length));
            location = Place.Tree.GetLocation(span.Length > 0 && span.End <= Place.Tree.Length ? span : Place.Identifier);
        }

        return Diagnostic.Create(Descriptors.Find(Diagnosis.Id), location, Diagnosis.Message);
    }
}
