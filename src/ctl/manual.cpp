#include "ctl/command_tree.hpp"

namespace dnc::ctl {
namespace {

// Text that troff leaves as it is: no escapes, no dashes made pretty, no requests.
std::string plain(const std::string& text) {
  std::string out;
  bool begins = true;
  for (const char c : text) {
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    begins = c == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string option_lines(const OptionInfo& option) {
  std::string names;
  for (const auto& name : option.names)
    names += (names.empty() ? "" : ", ") + name;
  if (!option.value.empty()) names += " " + option.value;
  return ".TP\n.B " + plain(names) + "\n" + plain(option.about) + "\n";
}

void add_command(const CommandInfo& command, const std::string& path, std::string& text) {
  const std::string name = path + " " + command.name;
  if (command.commands.empty()) {
    std::string synopsis = name.substr(1);
    for (const auto& argument : command.arguments)
      synopsis += " " + argument;
    text += ".SS " + plain(synopsis) + "\n" + plain(command.about) + ".\n";
    text += ".PP\n.nf\n" + plain(command.footer) + "\n.fi\n";
    for (const auto& option : command.options)
      text += option_lines(option);
  }
  for (const CommandInfo& child : command.commands)
    add_command(child, name, text);
}

}  // namespace

std::string manual_page(const CommandInfo& program, const std::string& version) {
  std::string text = ".TH " + program.name + " 1 \"\" \"" + program.name + " " + version + "\"\n";
  text += ".SH NAME\n" + program.name + " \\- " + plain(program.about) + "\n";
  text += ".SH SYNOPSIS\n.B " + program.name + "\nCOMMAND [OPTIONS]\n";
  text += ".SH DESCRIPTION\n.nf\n" + plain(program.footer) + "\n.fi\n.SH COMMANDS\n";
  for (const CommandInfo& command : program.commands)
    add_command(command, "", text);
  return text;
}

}  // namespace dnc::ctl
