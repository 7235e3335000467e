# formula.rb FILE: loads a Homebrew formula with the part of Homebrew's language
# that ours uses, and prints the commands of its install and test.
def refuse(words)
  warn words
  exit 1
end

class Formula
  FIELDS = %i[desc homepage url sha256 license].freeze
  @fields = {}
  class << self
    attr_reader :tests

    FIELDS.each do |name|
      define_method(name) { |value| (@fields ||= {})[name] = value }
    end

    def depends_on(what)
      (@needs ||= []) << what
    end

    def test(&block)
      @tests = block
    end

    def check
      lacking = FIELDS - @fields.keys
      refuse "the formula lacks #{lacking}" unless lacking.empty?
      names = @needs.map { |n| n.is_a?(Hash) ? n.keys[0] : n }.map(&:to_s)
      builds = @needs.grep(Hash).length
      sorted = names[0...builds].sort + names[builds..].sort
      refuse 'depends_on is not sorted' unless names == sorted
    end

    def version
      @fields[:url][/-([0-9.]+)\.tar\.gz$/, 1]
    end
  end

  def prefix
    '/prefix'
  end

  def bin
    "#{prefix}/bin"
  end

  def version
    self.class.version
  end

  def system(*words)
    puts words.join(' ')
  end

  def shell_output(command)
    puts command
    "hdeploy #{version}\nlibssh2 1.11.1\n"
  end

  def assert_match(wanted, text)
    refuse "#{wanted} is not in #{text}" unless text.include?(wanted)
  end
end

load File.expand_path(ARGV[0])
Hdeploy.check
formula = Hdeploy.new
formula.install
formula.instance_eval(&Hdeploy.tests)
