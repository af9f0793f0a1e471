using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

// Properties: weights and states by name, rows of tensors, and the few public facts about a tensor.
internal sealed partial class MethodLowering
{
    private Value ReadMember(IMemberReferenceOperation member)
    {
        switch (member)
        {
            case { Instance: { } instance } when DslSymbols.TypeOf(instance.Type) is ObjectType handle:
                return ReadObject(member, instance, handle);
            case IPropertyReferenceOperation { Property: { IsIndexer: true } indexer, Instance: { } tensor, Arguments.Length: 1 } row
                when DslSymbols.IsTensor(indexer.ContainingType):
                Value from = Lower(tensor);
                return Emit("index", Tensor, row.Syntax, Attributes.None, from, Lower(row.Arguments[0].Value));
            case IPropertyReferenceOperation { Property: { Name: "Values" } property } when DslSymbols.IsTensor(property.ContainingType):
                return Rejected(member, Rejection.Elements());
            case IPropertyReferenceOperation { Property: { Name: "Rank" or "Shape" } property }
                when DslSymbols.IsTensor(property.ContainingType):
                return Rejected(member, Rejection.SizeOnly(property.Name));
            case IPropertyReferenceOperation
            {
                Property.IsIndexer: true,
                Instance: IPropertyReferenceOperation { Property.Name: "Shape" } shape,
            }
                when DslSymbols.IsTensor(shape.Property.ContainingType):
                return Rejected(shape, Rejection.SizeOnly("Shape"));
            case IPropertyReferenceOperation { Property: { Name: "Rows" or "Count" } property, Instance: { } selection }
                when DslSymbols.IsSelection(property.ContainingType):
                return Emit(property.Name == "Rows" ? "int.rows" : "int.slots", Int, member.Syntax, Attributes.None, Lower(selection));
            case IFieldReferenceOperation { Field: { IsStatic: true } field } when DslSymbols.TypeOf(field.Type) is IntType or RealType:
                return Rejected(member, Rejection.FieldNotConstant(field.Name));
            case IFieldReferenceOperation { Field: { ContainingType.IsTupleType: true } field, Instance: { } tuple }:
                return TupleElement(field, tuple, member);
            default:
                return Unsupported(member);
        }
    }

    private Value TupleElement(IFieldSymbol field, IOperation tuple, IOperation operation)
    {
        ImmutableArray<IFieldSymbol> elements = ((INamedTypeSymbol)tuple.Type!).TupleElements;
        ImmutableArray<Value> parts = LowerParts(tuple);
        int first = 0;
        foreach (IFieldSymbol element in elements)
        {
            if (element.Name == field.Name || element.CorrespondingTupleField?.Name == field.Name)
            {
                return first < parts.Length && PartCount(element.Type) == 1 ? parts[first] : Unsupported(operation);
            }

            first += PartCount(element.Type);
        }

        return Unsupported(operation);
    }

    private Value ReadObject(IMemberReferenceOperation member, IOperation instance, ObjectType handle)
    {
        ISymbol symbol = member.Member;
        switch (SchemaMember.KindOf(symbol))
        {
            case SchemaMemberKind.Integer:
                Attributes names = Attributes.Of(("field", symbol.Name), ("name", SchemaMember.DimensionName(symbol.Name)));
                return Emit("int.field", Int, member.Syntax, names, Lower(instance));
            case SchemaMemberKind.Tensor:
                string kind = handle.Kind == "state" ? "state.read" : "resident.field";
                return Emit(kind, Tensor, member.Syntax, FieldAttributes(symbol, handle), Lower(instance));
            case SchemaMemberKind.Selection when handle.Kind == "state":
                return Emit("state.selection", new SelectionType(), member.Syntax, FieldAttributes(symbol, handle), Lower(instance));
            case SchemaMemberKind.TensorArray or SchemaMemberKind.SelectionArray when handle.Kind == "state":
                return Rejected(member, Rejection.StateElement(ExpressionText.Of(member.Syntax)));
            default:
                return Rejected(member, Rejection.MemberType(ExpressionText.Of(member.Syntax)));
        }
    }

    /// <summary><c>cache.Keys[layer]</c>: one tensor of a state's array.</summary>
    private Value ReadElement(IArrayElementReferenceOperation element)
    {
        if (!IsStateElement(element, out IMemberReferenceOperation member, out ObjectType handle))
        {
            return Unsupported(element);
        }

        Value state = Lower(member.Instance!);
        Value index = Lower(element.Indices[0]);
        return SchemaMember.KindOf(member.Member) == SchemaMemberKind.SelectionArray
            ? Emit("state.selection", new SelectionType(), element.Syntax, FieldAttributes(member.Member, handle), state, index)
            : Emit("state.read", Tensor, element.Syntax, FieldAttributes(member.Member, handle), state, index);
    }

    private void AssignMember(IOperation target, ImmutableArray<Value> value)
    {
        if (target is IMemberReferenceOperation { Instance: { } instance } reference
            && DslSymbols.TypeOf(instance.Type) is ObjectType handle
            && (handle.Kind == "resident" || SchemaMember.KindOf(reference.Member) is SchemaMemberKind.Tensor or SchemaMemberKind.Selection))
        {
            if (handle.Kind == "resident")
            {
                Reject(target.Syntax.Span, Rejection.WeightsAssigned(reference.Member.Name));
                return;
            }

            Value state = Lower(instance);
            Append(Writes(reference.Member), [], target.Syntax.Span, FieldAttributes(reference.Member, handle), value.Insert(0, state));
        }
        else if (target is IArrayElementReferenceOperation element
            && IsStateElement(element, out IMemberReferenceOperation member, out handle))
        {
            Value state = Lower(member.Instance!);
            Value index = Lower(element.Indices[0]);
            Append(
                Writes(member.Member), [], target.Syntax.Span, FieldAttributes(member.Member, handle),
                value.Insert(0, index).Insert(0, state));
        }
        else
        {
            Reject(target.Syntax.Span, Rejection.AssignmentTarget(ExpressionText.Of(target.Syntax)));
        }
    }

    private static string Writes(ISymbol member) =>
        SchemaMember.KindOf(member) is SchemaMemberKind.Selection or SchemaMemberKind.SelectionArray ? "state.keep" : "state.write";

    private static bool IsStateElement(IArrayElementReferenceOperation element, out IMemberReferenceOperation member, out ObjectType handle)
    {
        member = (element.ArrayReference as IMemberReferenceOperation)!;
        handle = (DslSymbols.TypeOf(member?.Instance?.Type) as ObjectType)!;
        return handle is { Kind: "state" } && element.Indices.Length == 1
            && SchemaMember.KindOf(member!.Member) is SchemaMemberKind.TensorArray or SchemaMemberKind.SelectionArray;
    }

    private Attributes FieldAttributes(ISymbol member, ObjectType handle)
    {
        // The class's own diagnoses say what is wrong with a declaration; here it only makes the method incomplete.
        Attributes attributes = TensorAttributes(
            member, Attributes.Of(("field", member.Name)), _ => default, (_, _) => isInvalid = true);
        if (SchemaMember.KindOf(member) is SchemaMemberKind.Selection or SchemaMemberKind.SelectionArray)
        {
            attributes = attributes.With("low", RealText.Of(0)).With("high", RealText.Of(1));
        }

        isInvalid |= !attributes.Has("shape") || !attributes.Has("low");
        if (handle.Kind == "state" && DslSymbols.Attribute(member.ContainingType, DslSymbols.StateAttribute) is AttributeData state)
        {
            StateFormat format = StateFormat.Of(state);
            attributes = attributes.With("fractionBits", format.FractionBits).With("ring", format.RingBits).With("grows", format.Grows);
        }

        return attributes;
    }
}
