using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace MPCache.Generator.Diagnostics;

/// <summary>
/// Where a declaration stands now. Kept apart from what was lowered, so that an edit above a method moves its place and nothing else.
/// </summary>
/// <param name="Name">The qualified name of the method or class.</param>
/// <param name="Tree">Its syntax tree; a location with a tree is one that pragmas and editors know.</param>
/// <param name="Start">Where the declaration starts.</param>
/// <param name="Identifier">Where its name stands.</param>
internal sealed record DeclarationPlace(string Name, SyntaxTree Tree, int Start, TextSpan Identifier);
