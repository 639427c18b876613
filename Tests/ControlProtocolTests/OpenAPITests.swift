import ControlProtocol
import Foundation
import Testing
import VitalsModel
import Yams

/// Holds `openapi.yaml` against the routes and against what the types really encode.
@Suite struct OpenAPITests {
    private let document: [String: Any]

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "Sources/ControlProtocol/openapi.yaml"), encoding: .utf8)
        document = try #require(try Yams.load(yaml: text) as? [String: Any])
    }

    @Test func describesExactlyTheRoutes() throws {
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        let described = paths.flatMap { path, item in item.keys.filter { $0 != "parameters" }.map { "\($0.uppercased()) \(path)" } }
        #expect(described.sorted() == ControlRoute.allCases.map(\.rawValue).sorted())
    }

    @Test(arguments: ControlRoute.allCases) func namesEveryOperationAfterItsRoute(route: ControlRoute) throws {
        let operation = try operation(route)
        #expect(operation["operationId"] as? String == "\(route)")
        let responses = try #require(operation["responses"] as? [String: Any])
        #expect(responses.keys.contains("503"))
        if route.method == "POST" { for status in ["400", "403", "404", "409", "422"] { #expect(responses.keys.contains(status)) } }
        if route != .health { #expect(responses.keys.contains("403")) }
    }

    @Test(arguments: [
        (ControlRoute.events, ["after", "readings", "room"]), (.sessions, ["open"]), (.timeline, ["from", "max_points", "signals", "to"]),
    ])
    func namesTheQueries(route: ControlRoute, names: [String]) throws {
        let parameters = try #require(try operation(route)["parameters"] as? [[String: Any]])
        #expect(parameters.compactMap { $0["name"] as? String }.sorted() == names)
    }

    @Test func everyReferenceLeadsSomewhere() throws {
        var references: Set<String> = []
        collect(document, into: &references)
        #expect(references.count > 20)
        for reference in references {
            var node: Any? = document
            for part in reference.dropFirst(2).split(separator: "/") { node = (node as? [String: Any])?[String(part)] }
            #expect(node != nil, "\(reference) leads nowhere")
        }
    }

    @Test(arguments: WireSample.all) func schemaHasTheKeysThatAreEncoded(sample: WireSample) throws {
        let components = try #require(document["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: [String: Any]])
        let schema = try #require(schemas[sample.schema], "there is no schema \(sample.schema)")
        let properties = try #require(schema["properties"] as? [String: Any])
        let required = try #require(schema["required"] as? [String])
        #expect(try keys(sample.full).sorted() == properties.keys.sorted())
        #expect(try keys(sample.least).sorted() == required.sorted())
    }

    @Test func wordListsAreThoseOfTheTypes() throws {
        func words(_ schema: String, _ property: String? = nil) throws -> [String] {
            var node = try #require(((document["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]])?[schema])
            if let property { node = try #require((node["properties"] as? [String: [String: Any]])?[property]) }
            return try #require(node["enum"] as? [String])
        }
        #expect(try words("Signal") == Signal.allCases.map(\.rawValue))
        #expect(try words("Quality") == ReadingQuality.allCases.map(\.rawValue))
        #expect(try words("Phase") == SessionPhase.allCases.map(\.rawValue))
        #expect(try words("Priority") == AlertPriority.allCases.map(\.rawValue))
        #expect(try words("EventLine", "kind") == EntryKind.allCases.map(\.rawValue))
        #expect(try words("AlertTransition", "change") == AlertChange.allCases.map(\.rawValue))
        #expect(try words("AlertTransition", "condition") == AlertCondition.allCases.map(\.rawValue))
        #expect(try words("AlertTransition", "handling") == AlertHandling.allCases.map(\.rawValue))
    }

    private func operation(_ route: ControlRoute) throws -> [String: Any] {
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        return try #require(paths[route.path]?[route.method.lowercased()] as? [String: Any])
    }

    private func keys(_ value: any Encodable & Sendable) throws -> [String] {
        let object = try JSONSerialization.jsonObject(with: Data(try ControlJSON.encode(value)))
        return Array(try #require(object as? [String: Any]).keys)
    }

    private func collect(_ node: Any, into references: inout Set<String>) {
        if let reference = (node as? [String: Any])?["$ref"] as? String { references.insert(reference) }
        if let map = node as? [String: Any] { for child in map.values { collect(child, into: &references) } }
        if let list = node as? [Any] { for child in list { collect(child, into: &references) } }
    }
}
